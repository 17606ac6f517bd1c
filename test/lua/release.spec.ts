import { unpackHold, unpackRequest } from '../../src/inventory/records.js';
import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('release', () => {
  it('gives back a hold, with the record that the journal needs', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2 2#4' });
    const [word, hold = '', request = ''] = await sale.run('release', sale.tail('a'));
    expect(word).toBe('released');
    expect(unpackHold(hold)).toMatchObject({ version: 2, lines: [{ units: [1, 2] }, { units: [4] }] });
    expect(unpackRequest(request)).toMatchObject({ status: 'released', version: 3 });
    expect(await sale.requestOf('a')).toEqual(unpackRequest(request));
    expect((await sale.state()).ended).toEqual({ [sale.tail('a')]: `released 3 ${harness.now}` });
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5', '5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('notes who asked and why, for whoever writes it to the journal', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.run('release', sale.tail('a'), 'admin:key_x too many: "bots"');
    const noted = `released 3 ${harness.now} admin:key_x too many: "bots"`;
    expect((await sale.state()).ended).toEqual({ [sale.tail('a')]: noted });
  });

  it('gives back a hold that nobody was told of yet; announcing it comes too late', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    expect((await sale.run('release', sale.tail('a')))[0]).toBe('released');
    expect(await sale.run('announce', sale.tail('a'), 2)).toEqual(['ok', 'gone']);
    expect(await sale.hold('a')).toEqual(['ended']);
    await sale.balanced();
  });

  it('withdraws a request that is queued; it is never decided then', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.accept({ id: 'a', lines: '1x2' });
    const [word, hold, request = ''] = await sale.run('release', sale.tail('a'));
    expect([word, hold, unpackRequest(request).status]).toEqual(['withdrawn', '', 'released']);
    expect(await sale.hold('a')).toEqual(['ended']);
    expect(await sale.state()).not.toHaveProperty('queued');
    await sale.balanced();
  });

  it('run again finds it over, released, and changes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.accept({ id: 'b', lines: '1x2' });
    for (const id of ['a', 'b']) {
      await sale.run('release', sale.tail(id));
      const before = await sale.state();
      const [word, hold, request = ''] = await sale.run('release', sale.tail(id));
      expect([word, hold, unpackRequest(request).status]).toEqual(['over', '', 'released']);
      expect(await sale.state()).toEqual(before);
    }
    await sale.balanced();
  });

  it('comes too late at the deadline, to the millisecond: the hold expires', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await sale.advance(59_999);
    expect((await sale.run('release', sale.tail('a')))[0]).toBe('released');
    await sale.advance(1);
    const [word, hold, request = ''] = await sale.run('release', sale.tail('b'));
    expect([word, hold, unpackRequest(request).status]).toEqual(['over', '', 'expired']);
    expect((await sale.state()).ended).toMatchObject({ [sale.tail('b')]: `expired 3 ${harness.now}` });
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('leaves a pinned hold to Postgres, and knows nothing of an unknown one', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    const before = await sale.state();
    const [word, hold = ''] = await sale.run('release', sale.tail('a'));
    expect([word, unpackHold(hold).state]).toEqual(['checkout', 'checkout']);
    expect(await sale.run('release', sale.tail('nobody'))).toEqual(['unknown']);
    expect(await sale.state()).toEqual(before);
  });

  it('asks the journal about what was announced and has lost its hold', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.accept({ id: 'a', lines: '1x2' });
    await harness.connection.redis.zrem(sale.redisKey('queued'), sale.tail('a'));
    const before = await sale.state();
    expect(await sale.run('release', sale.tail('a'))).toEqual(['unknown']);
    expect(await sale.state()).toEqual(before);
  });

  it('gives back a hold whose request record is lost', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await harness.connection.redis.hdel(sale.redisKey('requests'), sale.tail('a'));
    const [word, , request] = await sale.run('release', sale.tail('a'));
    expect([word, request]).toEqual(['released', '']);
    expect(await sale.requestOf('a')).toBeNull();
    await sale.balanced();
  });
});

describe('void', () => {
  it('gives back a pinned hold that Postgres has ended, with its status', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await sale.pin('a');
    await sale.pin('b');
    expect(await sale.run('void', sale.tail('a'), 'released', 4, sale.tail('b'), 'expired', 5)).toEqual([
      'ok',
      'voided',
      'voided',
    ]);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'released', version: 4 });
    expect(await sale.requestOf('b')).toMatchObject({ status: 'expired', version: 5 });
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('gives back what Postgres ended before it was pinned here', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    expect(await sale.run('void', sale.tail('a'), 'released', 3)).toEqual(['ok', 'voided']);
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('refuses a version at or below the hold’s, and what is gone; a repeat changes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1' });
    await sale.pin('a');
    await sale.pin('b');
    await sale.run('void', sale.tail('b'), 'released', 4);
    const before = await sale.state();
    expect(
      await sale.run(
        'void',
        sale.tail('a'),
        'released',
        3,
        sale.tail('a'),
        'released',
        2,
        sale.tail('b'),
        'released',
        4,
      ),
    ).toEqual(['ok', 'gone', 'gone', 'gone']);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });
});
