import { keysOfEpoch } from '../../src/inventory/sale-keys.js';
import { Metrics } from '../../src/platform/metrics.js';
import { Guardian } from '../../src/reconcile/guardian.js';
import { Rebuild } from '../../src/reconcile/rebuild.js';
import { RebuildMetrics } from '../../src/reconcile/rebuild-metrics.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

/** Redis forgets the sale; the guardian notices and builds it anew. */
async function loseAndRebuild(sale: LedgerSale): Promise<void> {
  await sale.loseRedis();
  expect(await sale.rebuild()).toBe(1);
  await sale.balanced();
}

describe('after the loss of all that Redis had, a sale', () => {
  it('has its journalled holds: units, deadlines, customers', async () => {
    const sale = await harness.sale({ skus: [{ units: 300 }, { units: 9 }] });
    await sale.reserve({ id: 'a', lines: '1x2 2#7,8' }, { id: 'b', lines: '1#260', customer: 'bob' });
    await sale.reserve({ id: 'p', lines: '2x12 1x1', mode: 'partial' });
    const [, text = ''] = await sale.run('extend', sale.tail('b'));
    expect(text).toMatch(/^h\n3\n/);
    const { hold } = await sale.journalled('b');
    expect(await harness.journal.extend(sale, 1, sale.tail('b'), hold)).toBe(true);
    const before = { a: await sale.holdOf('a'), b: await sale.holdOf('b'), p: await sale.holdOf('p') };
    const counts = await sale.counts();
    await loseAndRebuild(sale);
    expect({ a: await sale.holdOf('a'), b: await sale.holdOf('b'), p: await sale.holdOf('p') }).toEqual(before);
    expect(await sale.counts()).toEqual(counts);
    expect(await sale.run('view', sale.tail('a'))).toMatchObject({ 2: expect.stringMatching(/^queued\n1\n-\nann\n/) });
    expect((await sale.run('release', sale.tail('a')))[0]).toBe('released');
    await sale.balanced();
  });

  it('has its pins and what it sold, withdrew and blocked, and the limits of its customers', async () => {
    const sale = await harness.sale({ skus: [{ units: 9, withdrawn: [1, 9], blocked: [2], perCustomerMax: 3 }] });
    await sale.reserve({ id: 'sold', lines: '1x1' }, { id: 'unsettled', lines: '1x1' }, { id: 'pinned', lines: '1#8' });
    await sale.sell('sold');
    await sale.pin('unsettled');
    await sale.confirm('unsettled');
    await sale.pin('pinned');
    const pinned = await sale.holdOf('pinned');
    await loseAndRebuild(sale);
    expect(await sale.counts()).toEqual(['3 0 1 2 1 / 7']);
    expect(await sale.holdOf('pinned')).toEqual(pinned);
    expect((await sale.state()).pins).toEqual({ [sale.tail('pinned')]: '0' });
    expect((await sale.decide({ id: 'x', lines: '1x1' }))[0]).toMatch(/^refused customer-limit-reached 3 /);
    expect(await sale.decide({ id: 'y', lines: '1x3', customer: 'bob' })).toEqual(['decided 1#5,6,7']);
    expect(await sale.run('settle', sale.tail('unsettled'), 4)).toEqual(['ok', 'gone']);
    await sale.balanced();
  });

  it('knows nothing of what was queued, or decided and not journalled: those units are free', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'decided', lines: '1x2' });
    await sale.accept({ id: 'queued', lines: '1x2' });
    await loseAndRebuild(sale);
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    expect(await sale.hold('decided', 'queued')).toEqual(['unknown', 'unknown']);
    expect(await sale.run('release', sale.tail('queued'))).toEqual(['unknown']);
  });

  it('has a hold that was journalled and not announced: it was promised to whoever reads the journal', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    await sale.journal('a');
    await loseAndRebuild(sale);
    expect(await sale.hold('a')).toEqual(['standing 1#1,2']);
    expect((await sale.run('pin', sale.tail('a')))[0]).toBe('pinned');
    await sale.balanced();
  });

  it('gives on what was due while nobody looked, to the millisecond, and says so in the journal', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'due', lines: '1x2' });
    await sale.advance(1);
    await sale.reserve({ id: 'still', lines: '1x1' });
    await sale.advance(59_999);
    await loseAndRebuild(sale);
    expect(await sale.row('due')).toMatchObject({ status: 'expired', version: 3 });
    expect(await sale.row('still')).toMatchObject({ status: 'held', version: 2 });
    expect(await sale.counts()).toEqual(['4 1 0 0 0 / 5']);
  });

  it('gives on thousands of them in steps, none longer than a statement of a request', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'due', lines: '1x1' });
    await harness.postgres.query(
      `INSERT INTO reservations SELECT (jsonb_populate_record(r, jsonb_build_object('id', r.id || n))).*
       FROM reservations r, generate_series(1, 2499) n WHERE r.id = $1`,
      [sale.rowId('due')],
    );
    await sale.advance(60_000);
    const statements = jest.spyOn(harness.postgres, 'query');
    await loseAndRebuild(sale);
    const ended = statements.mock.calls.filter(([text]) => text.includes("SET status = 'expired'"));
    expect(ended).toHaveLength(3);
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
  });

  it('counts its holds on from the last one journalled', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
    await sale.run('release', sale.tail('a'));
    await loseAndRebuild(sale);
    await sale.decide({ id: 'c', lines: '1x1' });
    expect(await sale.holdOf('c')).toMatchObject({ sequence: 3 });
  });
});

describe('two rows that claim one unit', () => {
  /** A release that reached Redis and not Postgres: the unit went to somebody else. */
  async function doubled(sale: LedgerSale): Promise<void> {
    await sale.reserve({ id: 'older', lines: '1#3 1x1' });
    await sale.run('release', sale.tail('older'));
    await sale.reserve({ id: 'newer', lines: '1#3', customer: 'bob' });
  }

  it('leave it to the newer hold; the older one is released', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await doubled(sale);
    await loseAndRebuild(sale);
    expect(await sale.row('older')).toMatchObject({ status: 'released', version: 3 });
    expect(await sale.row('newer')).toMatchObject({ status: 'held' });
    expect(await sale.holdOf('older')).toBeNull();
    expect(await sale.counts()).toEqual(['4 1 0 0 0 / 5']);
  });

  it('leave it to the pinned one, though it is older', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await doubled(sale);
    await harness.postgres.query(`UPDATE reservations SET status = 'checkout' WHERE id = $1`, [sale.rowId('older')]);
    await loseAndRebuild(sale);
    expect(await sale.row('newer')).toMatchObject({ status: 'released', version: 3 });
    expect(await sale.counts()).toEqual(['3 0 2 0 0 / 5']);
  });

  it('leave it to the sold one', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await doubled(sale);
    await harness.postgres.query(`UPDATE reservations SET status = 'checkout' WHERE id = $1`, [sale.rowId('older')]);
    await sale.confirm('older');
    await loseAndRebuild(sale);
    expect(await sale.row('newer')).toMatchObject({ status: 'released', version: 3 });
    expect(await sale.counts()).toEqual(['3 0 0 2 0 / 5']);
  });
});

describe('a rebuild', () => {
  it('keeps records that outlive an epoch: the job that runs again decides the request anew', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    await harness.connection.redis.unlink(sale.redisKey('meta'));
    expect(await sale.rebuild()).toBe(1);
    await sale.balanced();
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    expect(await sale.hold('a')).toEqual(['decided 1#1,2']);
    await sale.balanced();
  });

  it('leaves no key of the epochs before, of a half-built one neither', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const { redis } = harness.connection;
    await sale.decide({ id: 'a', lines: '1x2' });
    const runInEpoch = harness.ledger.runInEpoch.bind(harness.ledger);
    const opening = jest.spyOn(harness.ledger, 'runInEpoch').mockImplementation((name, ...rest) => {
      if (name === 'open-epoch') return Promise.reject(new Error('the process ends here'));
      return runInEpoch(name, ...rest);
    });
    harness.guardian.suspect(sale.id, 1);
    expect(await harness.guardian.runOnce()).toBe(0);
    opening.mockRestore();
    expect(await redis.exists(sale.redisKey('stock', 2))).toBe(1);
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.epoch()).toBe(3);
    for (const epoch of [1, 2])
      expect(await redis.exists(...keysOfEpoch(harness.config.keyPrefix, sale.key, epoch))).toBe(0);
    expect(await redis.exists(sale.redisKey('stock', 3))).toBe(1);
  });

  it('opens nothing when Redis has lost a key meanwhile; the next run begins again', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const runInEpoch = harness.ledger.runInEpoch.bind(harness.ledger);
    const opening = jest.spyOn(harness.ledger, 'runInEpoch').mockImplementation(async (name, ...rest) => {
      if (name === 'open-epoch') await harness.connection.redis.unlink(sale.redisKey('units', 2));
      return runInEpoch(name, ...rest);
    });
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(0);
    opening.mockRestore();
    await expect(harness.stock.read(sale)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.rebuild()).toBe(1);
    await sale.balanced();
  });

  it('does not lose a change of the sale that was told to the epoch before', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const close = harness.writeEpoch.close.bind(harness.writeEpoch);
    jest.spyOn(harness.writeEpoch, 'close').mockImplementationOnce(async (...call) => {
      await harness.postgres.query(`UPDATE sales SET status = 'paused', revision = revision + 1 WHERE id = $1`, [
        sale.id,
      ]);
      expect(await sale.runIn(1, 'configure', 2, 'status', 'paused')).toMatchObject({ status: 'ok' });
      return close(...call);
    });
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['refused sale-paused']);
  });

  it('is done by one of two guardians that look at the same time', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const { postgres, connection, writeEpoch, settings, activeSales, clockBeat, log } = harness;
    const rebuild = new Rebuild(postgres, connection, writeEpoch, settings, clockBeat, log);
    const other = new Guardian(
      ...([activeSales, connection, writeEpoch, rebuild, settings, log] as const),
      new RebuildMetrics(new Metrics()),
      ...([harness.knownSold, harness.config] as const),
    );
    await sale.loseRedis();
    const rebuilt = await Promise.all([harness.guardian.runOnce(), other.runOnce()]);
    expect(rebuilt.sort()).toEqual([0, 1]);
    expect(await sale.epoch()).toBe(2);
    await sale.setClock(harness.now);
    await sale.balanced();
  });
});
