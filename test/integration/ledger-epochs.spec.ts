import { EpochOver } from '../../src/inventory/in-epoch.js';
import { saleKeys } from '../../src/inventory/sale-keys.js';
import type { ActiveSale } from '../../src/sales/active-sales.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

describe('the guardian', () => {
  it('opens no epoch any more once another guardian builds the next one: what it is told, that one would not know of', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.sell('a');
    const write = harness.writeEpoch.write.bind(harness.writeEpoch);
    jest.spyOn(harness.writeEpoch, 'write').mockImplementationOnce(async (...late) => {
      // Its lock went with its connection to Postgres; the other guardian is past its snapshot.
      jest.spyOn(harness.writeEpoch, 'write').mockImplementationOnce(async (...next) => {
        expect(await write(...late)).toBe('older');
        await sale.cancel('a', true);
        await harness.relay.runOnce();
        return write(...next);
      });
      const [row] = await harness.postgres.query<ActiveSale>('SELECT * FROM sales WHERE id = $1', [sale.id]);
      if (row) await harness.rebuild['rebuildAlone'](row, harness.connection.runId() ?? '');
      return 'older';
    });
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(0);
    expect(await sale.epoch()).toBe(3);
    await harness.relay.runOnce();
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('leaves a sale alone that is in order, and one that was suspected in an epoch before', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await harness.guardian.runOnce()).toBe(0);
    harness.guardian.suspect(sale.id, 0);
    expect(await harness.guardian.runOnce()).toBe(0);
    expect(await sale.epoch()).toBe(1);
  });

  it.each<[string, (sale: LedgerSale) => Promise<unknown>]>([
    ['that a process found wanting', async (sale) => harness.guardian.suspect(sale.id, 1)],
    [
      'that another run of Redis built',
      (sale) => harness.postgres.query(`UPDATE sales SET redis_run_id = 'gone' WHERE id = $1`, [sale.id]),
    ],
    ['whose Redis is behind Postgres', (sale) => harness.connection.redis.hset(sale.redisKey('meta'), 'epoch', 0)],
    ['that Redis lost', (sale) => harness.connection.redis.unlink(...saleKeys(harness.config.keyPrefix, sale.key, 1))],
  ])('rebuilds a sale %s', async (_, breakIt) => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await breakIt(sale);
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.epoch()).toBe(2);
    expect(await harness.guardian.runOnce()).toBe(0);
    await sale.balanced();
  });

  it('builds nothing from a Postgres that is older than Redis knows: what it has forgotten would be sold again', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.rebuild();
    await sale.loseRedis();
    await sale.rebuild();
    const epoch = await sale.epoch();
    // A backup of the time before.
    await harness.postgres.query('UPDATE sales SET epoch = epoch - 1 WHERE id = $1', [sale.id]);
    harness.epochs.forget(sale);
    expect(await sale.rebuild()).toBe(0);
    await expect(sale.decide({ id: 'a', lines: '1x1' })).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.epoch()).toBe(epoch - 1);
    // Whoever empties Redis accepts what this Postgres knows.
    await harness.connection.redis.unlink(sale.redisKey('meta'));
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['decided 1#1']);
  });

  it('tells Redis of a change of the sale that found it away, and of none that it has', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await harness.postgres.query(`UPDATE sales SET status = 'paused', revision = revision + 1 WHERE id = $1`, [
      sale.id,
    ]);
    expect(await sale.rebuild()).toBe(0);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['refused sale-paused']);
    const pushed = jest.spyOn(harness.settings, 'push');
    await harness.guardian.runOnce();
    expect(pushed).not.toHaveBeenCalledWith(sale.id, expect.anything());
  });

  it('is asked by whoever meets missing state; until then a caller hears store-unavailable, never sold out', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const asked = jest.spyOn(harness.rebuilds, 'ask');
    await harness.connection.redis.unlink(sale.redisKey('meta'));
    await expect(sale.decide({ id: 'a', lines: '1x1' })).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(asked).toHaveBeenCalledWith(sale.id);
    await sale.rebuild();
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['decided 1#1']);
  });

  it('is asked when a script finds the books wrong; the script writes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await harness.connection.redis.hset(sale.redisKey('units'), '1:0', '10111');
    const before = await sale.state();
    const asked = jest.spyOn(harness.rebuilds, 'suspect');
    await expect(sale.run('release', sale.tail('a'))).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.state()).toEqual(before);
    expect(asked).toHaveBeenCalledWith(sale.id, 1);
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(1);
    await sale.balanced();
  });
});

describe('an epoch that is over', () => {
  it('writes nothing to the journal any more', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'held', lines: '1x1' });
    await sale.decide({ id: 'a', lines: '1x2' });
    const [held, decided] = [await sale.journalled('held'), await sale.journalled('a')];
    await sale.loseRedis();
    await sale.rebuild();
    const { journal } = harness;
    const pinned = { ...held.hold, version: 3, checkoutExpiresAt: harness.now };
    for (const write of [
      () => journal.insert(sale, 1, [decided]),
      () => journal.release(sale, 1, held, null),
      () => journal.extend(sale, 1, held.tail, { ...held.hold, version: 3 }),
      () => journal.pin(sale, 1, held.tail, pinned),
      () => journal.end(sale, 1, [{ tail: held.tail, status: 'expired', version: 3, endedAt: harness.now }]),
    ])
      await expect(write()).rejects.toBeInstanceOf(EpochOver);
    expect(await sale.row('a')).toBeNull();
    expect(await sale.row('held')).toMatchObject({ status: 'held', version: 2 });
  });

  it('announces and undoes nothing; a process that remembers it reads the new one', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    harness.guardian.suspect(sale.id, 1);
    await sale.rebuild();
    expect(await sale.runIn(1, 'announce', sale.tail('a'), 2)).toMatchObject({ status: 'stale-epoch' });
    expect(await harness.stock.read(sale)).toMatchObject([{ available: 5 }]);
  });

  it('is not over for a journal write that came first: the rebuild waits for it and sees its row', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    let finish = (): void => undefined;
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const mayCommit = new Promise<void>((resolve) => (finish = resolve));
    const transaction = harness.postgres.transaction.bind(harness.postgres);
    jest.spyOn(harness.postgres, 'transaction').mockImplementationOnce((work, begin) =>
      transaction(async (client, began) => {
        const result = await work(client, began);
        arrive();
        await mayCommit;
        return result;
      }, begin),
    );
    const written = sale.journal('a');
    await arrived;
    harness.guardian.suspect(sale.id, 1);
    const rebuilt = sale.rebuild();
    await untilLockAwaited().finally(finish);
    expect(await written).toEqual(['journalled']);
    expect(await rebuilt).toBe(1);
    expect(await sale.hold('a')).toEqual(['standing 1#1,2']);
    await sale.balanced();
  });

  it('is over for a journal write that comes while the epoch is being raised', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    const client = await harness.postgres.connect();
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('${sale.id}', 0))`);
    const writing = sale.journal('a').catch((error: unknown) => error);
    try {
      await untilLockAwaited();
      await client.query('UPDATE sales SET epoch = epoch + 1 WHERE id = $1', [sale.id]);
    } finally {
      await client.query('COMMIT');
      client.release();
    }
    expect(await writing).toBeInstanceOf(EpochOver);
    expect(await sale.row('a')).toBeNull();
  });

  async function untilLockAwaited(): Promise<void> {
    const patience = performance.now() + 60_000;
    while (performance.now() < patience) {
      const [row] = await harness.postgres.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()`,
      );
      if (row && row.waiting > 0) return;
    }
    throw new Error('nobody waits for the lock of the sale');
  }
});
