import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('limits', () => {
  it('of the sale count what a customer holds, has pinned and has bought, and name the holds', async () => {
    const sale = await harness.sale({ skus: [{ units: 20 }, { units: 20 }], perCustomerMax: 4 });
    await sale.reserve({ id: 'bought', lines: '1x1' }, { id: 'pinned', lines: '2x1' }, { id: 'held', lines: '1x1' });
    await sale.sell('bought');
    await sale.pin('pinned');
    const ids = `${sale.tail('pinned')},${sale.tail('held')}`;
    expect(await sale.decide({ id: 'a', lines: '1x1 2x1' }, { id: 'b', lines: '2x1' })).toEqual([
      ...[`refused customer-limit-reached 4 2 1 ${ids}`, 'decided 2#2'],
    ]);
    expect(await sale.decide({ id: 'bob', customer: 'bob', lines: '2x4' })).toEqual(['decided 2#3,4,5,6']);
    await sale.balanced();
  });

  it('of a SKU count that SKU alone', async () => {
    const sale = await harness.sale({ skus: [{ units: 20, perCustomerMax: 2 }, { units: 20 }] });
    await sale.reserve({ id: 'a', lines: '1x1 2x5' });
    expect(
      await sale.decide({ id: 'b', lines: '1x1 1x1' }, { id: 'c', lines: '2x5' }, { id: 'd', lines: '1x1' }),
    ).toEqual([...[`refused customer-limit-reached 2 1 0 ${sale.tail('a')}`, 'decided 2#6,7,8,9,10', 'decided 1#2']]);
    await sale.balanced();
  });

  it('see the requests before them in the same batch', async () => {
    const sale = await harness.sale({ skus: [{ units: 20 }], perCustomerMax: 3 });
    expect(await sale.decide({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' }, { id: 'c', lines: '1x1' })).toEqual([
      ...['decided 1#1,2', `refused customer-limit-reached 3 2 0 ${sale.tail('a')}`, 'decided 1#3'],
    ]);
    await sale.balanced();
  });

  it('are given back by a release, and not by a sale', async () => {
    const sale = await harness.sale({ skus: [{ units: 20 }], perCustomerMax: 2 });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
    await sale.sell('a');
    await sale.run('release', sale.tail('b'));
    expect(await sale.decide({ id: 'c', lines: '1x2' }, { id: 'd', lines: '1x1' })).toEqual([
      ...['refused customer-limit-reached 2 0 1 ', 'decided 1#2'],
    ]);
    await sale.balanced();
  });

  it('are told before the stock is', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }], perCustomerMax: 2 });
    expect(await sale.decide({ id: 'a', lines: '1x3' })).toEqual(['refused customer-limit-reached 2 0 0 ']);
  });
});

describe('a refusal', () => {
  it('says sold out once nothing can come back, and when the next hold ends while something can', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }] });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
    await sale.sell('a');
    await sale.pin('b');
    expect(await sale.decide({ id: 'c', lines: '1x1', customer: 'cyd' })).toEqual([
      'refused units-unavailable 1:1:0:1:0:',
    ]);
    await sale.run('settle', sale.tail('b'), await sale.confirm('b'));
    expect(await sale.decide({ id: 'd', lines: '1x1' })).toEqual(['refused sold-out 1:1:0:0:0:']);
    await sale.balanced();
  });

  it('counts the holds of others, and names the deadline that comes first for the SKU', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }, { units: 2 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'other', lines: '2x1', customer: 'bob' });
    await sale.advance(1_000);
    await sale.reserve({ id: 'first', lines: '1x1', customer: 'bob' });
    await sale.advance(1_000);
    await sale.reserve({ id: 'own', lines: '1x1' });
    const first = harness.now + 59_000;
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual([`refused units-unavailable 1:1:0:1:${first}:`]);
    await sale.balanced();
  });

  it('names the deadline of a hold that was made in the same batch, and an earlier one where there is one', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }, { units: 1 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'early', lines: '1x1' });
    await sale.advance(1_000);
    const [early, now] = [harness.now + 59_000, harness.now + 60_000];
    expect(
      await sale.decide(
        ...[
          { id: 'before', lines: '2x2', customer: 'bob' },
          { id: 'winner', lines: '1x1 2x1' },
          { id: 'loser', lines: '2x1', customer: 'bob' },
          { id: 'part', lines: '2x1', customer: 'bob', mode: 'partial' as const },
          { id: 'both', lines: '1x1 2x1', customer: 'bob' },
        ],
      ),
    ).toEqual([
      'refused units-unavailable 2:2:1:0:0:',
      'decided 1#2 2#1',
      `refused units-unavailable 2:1:0:1:${now}:`,
      `refused units-unavailable 2:1:0:1:${now}:`,
      `refused units-unavailable 1:1:0:2:${early}: 2:1:0:1:${now}:`,
    ]);
    await sale.balanced();
  });

  it('names the deadline of the batch where those before it were prolonged beyond it', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'long', lines: '1x1' });
    await sale.run('extend', sale.tail('long'), String(harness.now + 3_600_000));
    const now = harness.now + 60_000;
    expect(await sale.decide({ id: 'winner', lines: '1x1' }, { id: 'loser', lines: '1x1', customer: 'bob' })).toEqual([
      ...['decided 1#2', `refused units-unavailable 1:1:0:2:${now}:`],
    ]);
    await sale.balanced();
  });

  /** Each row adds a reason that comes before those of the rows above it. */
  it('gives the first reason that applies: too late, paused or closed or not open, limit, stock', async () => {
    const sale = await harness.sale({
      skus: [{ units: 1 }],
      perCustomerMax: 1,
      queueTimeoutSeconds: 10,
      closesInMs: 5_000,
    });
    let revision = 1;
    const reasonFor = async (id: string, status: string, lines = '1x2'): Promise<string> => {
      await sale.run('configure', ++revision, 'status', status);
      const [answer = ''] = await sale.decide({ id, lines });
      return answer.split(' ')[1] ?? '';
    };
    expect(await reasonFor('stock', 'open', '1#9')).toBe('units-unavailable');
    expect(await reasonFor('limit', 'open')).toBe('customer-limit-reached');
    expect(await reasonFor('paused', 'paused')).toBe('sale-paused');
    expect(await reasonFor('scheduled', 'scheduled')).toBe('sale-not-open');
    expect(await reasonFor('closed', 'closed')).toBe('sale-closed');
    await sale.run('configure', ++revision, 'status', 'paused');
    await sale.accept({ id: 'by-time', lines: '1x2' }, { id: 'late', lines: '1x2' });
    await sale.advance(5_000);
    expect(await sale.hold('by-time')).toEqual(['refused sale-closed']);
    await sale.advance(5_000);
    expect(await sale.hold('late')).toEqual(['refused queue-timeout']);
    await sale.balanced();
  });
});

describe('the sale’s status', () => {
  it('is open from opensAt, to the millisecond', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], status: 'scheduled', opensInMs: 1_000 });
    await sale.advance(999);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['refused sale-not-open']);
    await sale.advance(1);
    expect(await sale.decide({ id: 'b', lines: '1x1' })).toEqual(['decided 1#1']);
  });

  it('is closed from closesAt, to the millisecond', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], closesInMs: 1_000 });
    await sale.advance(999);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['decided 1#1']);
    await sale.advance(1);
    expect(await sale.decide({ id: 'b', lines: '1x1' })).toEqual(['refused sale-closed']);
    await sale.balanced();
  });
});

describe('a request’s patience', () => {
  it('ends with the queue timeout, to the millisecond', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], queueTimeoutSeconds: 10 });
    await sale.accept({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
    await sale.advance(9_999);
    expect(await sale.hold('a')).toEqual(['decided 1#1']);
    await sale.advance(1);
    expect(await sale.hold('b')).toEqual(['refused queue-timeout']);
    await sale.balanced();
  });
});
