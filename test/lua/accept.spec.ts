import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('accept', () => {
  it('writes a request down as queued, with the moment it came', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(
      await sale.run('accept', sale.tail('a'), 'ann', 'partial', 'print', '1 1000 q 2', 'req-1', '{"a":1}'),
    ).toEqual([...['ok', 'queued', String(harness.now), '']]);
    expect(await sale.requestOf('a')).toEqual({
      ...{ status: 'queued', version: 1, rejection: '-', customerId: 'ann', mode: 'partial', fingerprint: 'print' },
      ...{
        queuedAt: harness.now,
        lines: [{ ordinal: 1, unitPrice: 1_000, wanted: 2 }],
        requestId: 'req-1',
        metadata: { a: 1 },
      },
    });
    const { queued, 'customer-requests': indexes } = await sale.state();
    expect(queued).toEqual({ [sale.tail('a')]: String(harness.now + 30_000) });
    expect(indexes).toEqual({ ann: sale.tail('a') });
    await sale.balanced();
  });

  it('answers a repeat with the record that is there and changes nothing, whatever the repeat asks for', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.accept({ id: 'a', lines: '1x2' });
    const before = await sale.state();
    expect(await sale.accept({ id: 'a', lines: '1x4', customer: 'bob' })).toEqual(['known queued -']);
    expect(await sale.state()).toEqual(before);
  });

  it('writes one record for two commands of one id in one batch', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await sale.accept({ id: 'a', lines: '1x2' }, { id: 'a', lines: '1x3' })).toEqual([
      'queued',
      'known queued -',
    ]);
    expect((await sale.requestOf('a'))?.lines[0]?.wanted).toBe(2);
    expect((await sale.state())['customer-requests']).toEqual({ ann: sale.tail('a') });
  });

  it('answers with the hold, as far as it has come', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const ask = { id: 'a', lines: '1x2' };
    await sale.decide(ask);
    expect(await sale.accept(ask)).toEqual(['known queued decided']);
    await sale.journal('a');
    await sale.announce('a');
    expect(await sale.accept(ask)).toEqual(['known queued held']);
    await sale.pin('a');
    expect(await sale.accept(ask)).toEqual(['known queued checkout']);
    await sale.balanced();
  });

  it('answers with the end of a request', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }] });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
    await sale.run('release', sale.tail('a'));
    expect(await sale.accept({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' })).toEqual([
      'known released -',
      'known rejected -',
    ]);
    await sale.balanced();
  });

  it('takes what was announced and has lost its hold for held, never for queued again', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await harness.connection.redis.hdel(sale.redisKey('holds'), sale.tail('a'));
    expect(await sale.accept({ id: 'a', lines: '1x2' })).toEqual(['known held -']);
    expect((await sale.state()).queued).toBeUndefined();
  });

  it('keeps the newest 50 ids of a customer, across batches', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const ids = Array.from({ length: 53 }, (_, i) => `n${i}`);
    for (const from of [0, 20, 40])
      await sale.accept(...ids.slice(from, from + 20).map((id) => ({ id, lines: '1x1' })));
    expect((await sale.state())['customer-requests']).toEqual({
      ann: ids
        .slice(3)
        .map((id) => sale.tail(id))
        .join(' '),
    });
  });

  it('accepts whatever the status of the sale: the hold script refuses', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], status: 'paused' });
    expect(await sale.accept({ id: 'a', lines: '1x1' })).toEqual(['queued']);
  });
});
