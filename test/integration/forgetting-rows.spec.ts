import { DropKeys } from '../../src/inventory/drop-keys.js';
import { keysOfEpoch } from '../../src/inventory/sale-keys.js';
import { DropLeftovers } from '../../src/forgetting/drop-leftovers.js';
import { Forget } from '../../src/forgetting/forget.js';
import { ForgetRequests } from '../../src/forgetting/forget-requests.js';
import { ForgetRows } from '../../src/forgetting/forget-rows.js';
import { RetireSales } from '../../src/forgetting/retire-sales.js';
import { ForgottenRequests } from '../../src/reservations/forgotten-requests.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let harness: LedgerHarness;
let forget: Forget;
let requests: ForgetRequests;
let rows: ForgetRows;
let forgotten: ForgottenRequests;

// Each test has a database of its own: what is too old in one must not be found by another.
beforeEach(async () => {
  harness = await LedgerHarness.open();
  const { postgres, connection, ledger, config, log, activeSales, writeEpoch } = harness;
  const keys = new DropKeys(connection, ledger, config);
  requests = new ForgetRequests(postgres, connection, ledger, config);
  rows = new ForgetRows(postgres, config);
  forgotten = new ForgottenRequests(postgres, config);
  const retiring = new RetireSales(postgres, connection, keys, config, log);
  forget = new Forget(postgres, requests, rows, retiring, new DropLeftovers(activeSales, writeEpoch, keys), log);
});
afterEach(() => harness.close());

const count = async (table: string): Promise<number> => {
  const [row] = await harness.postgres.query<{ count: number }>(`SELECT count(*) FROM ${table}`);
  return row?.count ?? -1;
};

async function closedSale(): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 5 }] });
  const ids = ['sold', 'refunded', 'freed'];
  await sale.reserve(...ids.map((id) => ({ id, lines: '1x1' })));
  await sale.sell('sold');
  await sale.pin('refunded');
  await sale.pin('freed');
  for (const id of ['refunded', 'freed']) await harness.checkouts.release(sale.rowId(id), null);
  await harness.confirm.confirm({
    ...{ reservationId: sale.rowId('refunded'), paymentReference: 'late', amount: null, currency: null },
  });
  await harness.postgres.query(`UPDATE sales SET status = 'closed', closed_at = ledger_now() WHERE id = $1`, [sale.id]);
  return sale;
}

describe('requests', () => {
  it('are forgotten in Redis once a sale is old enough, and told apart from lost ones', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }] });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x9' });
    await sale.sell('a');
    expect([await requests.runOnce(), await forgotten.isOlderThanKept(sale)]).toEqual([0, false]);
    await sale.advance(72 * HOUR);
    // Every process learns first that the journal must be asked for repeated keys.
    expect(await requests.runOnce()).toBe(0);
    expect(await forgotten.isOlderThanKept(sale)).toBe(true);
    await sale.advance(10_000);
    expect(await requests.runOnce()).toBe(2);
    expect([await sale.requestOf('a'), await sale.requestOf('b')]).toEqual([null, null]);
    await sale.balanced();
    // After a loss an id that nobody knows may have been lost, for as long as it would have been remembered.
    await sale.loseRedis();
    await sale.rebuild();
    expect(await forgotten.isOlderThanKept(sale)).toBe(false);
    await sale.advance(72 * HOUR);
    expect(await forgotten.isOlderThanKept(sale)).toBe(true);
  });

  it('of many sales are gone through a bounded number of pages a run, each from where it stopped', async () => {
    const sales = [await harness.sale({ skus: [{ units: 2 }] }), await harness.sale({ skus: [{ units: 2 }] })];
    for (const sale of sales) {
      const asks = Array.from({ length: 600 }, (_, i) => ({ id: `r${i}`, lines: '1x9', customer: `c${i}` }));
      for (let at = 0; at < 600; at += 100) await sale.decide(...asks.slice(at, at + 100));
    }
    for (const sale of sales) await sale.advance(72 * HOUR);
    await requests.runOnce();
    for (const sale of sales) await sale.advance(10_000);
    let [runs, removed] = [0, 0];
    for (; removed < 1_200 && runs < 100; runs++) removed += await requests.runOnce(3, 50);
    expect([removed, runs > 5]).toEqual([1_200, true]);
    expect(await requests.runOnce()).toBe(0);
  });
});

describe('rows', () => {
  it('of delivered facts go by age; undelivered ones stay whatever their age', async () => {
    await closedSale();
    const all = await count('outbox');
    await harness.postgres.query(`UPDATE outbox SET created_at = ledger_now()`);
    await harness.postgres.query(
      `UPDATE outbox SET delivered_at = ledger_now() WHERE id > (SELECT min(id) FROM outbox)`,
    );
    await harness.setClock(harness.now + 30 * DAY - 1);
    expect(await rows.facts()).toBe(0);
    await harness.setClock(harness.now + 1);
    const both = await Promise.all([rows.facts(), rows.facts()]);
    expect(both[0] + both[1]).toBe(all - 1);
    expect(await count('outbox')).toBe(1);
  });

  it('of ended reservations go with their sale; orders, units and outcomes of payments stay', async () => {
    const sale = await closedSale();
    await harness.postgres.query('UPDATE outbox SET delivered_at = ledger_now()');
    await sale.advance(90 * DAY - 1);
    await forget.runOnce();
    expect([await count('reservations'), await rows.reservations()]).toEqual([3, 0]);
    await sale.advance(1);
    expect(await forget.runOnce()).toMatchObject({ reservations: 1 });
    expect([await sale.row('freed'), (await sale.row('refunded'))?.status]).toEqual([null, 'released']);
    const told = await harness.postgres.query<{ id: string }>(
      'SELECT DISTINCT reservation_id AS id FROM transitions ORDER BY 1',
    );
    const kept = await harness.postgres.query<{ id: string }>('SELECT id FROM reservations ORDER BY id');
    expect(told).toEqual(kept);
    expect(await Promise.all(['orders', 'sold_units', 'payment_outcomes'].map(count))).toEqual([1, 1, 2]);
    expect(await forgotten.isOlderThanKept(sale)).toBe(true);
  });
});

describe('a run', () => {
  it('drops what a rebuild left behind that died before it could tidy up', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x1' });
    await sale.loseRedis();
    await sale.rebuild();
    const { redis } = harness.connection;
    await redis.hset(sale.redisKey('holds', 1), 'left', 'behind');
    expect(await forget.runOnce()).toMatchObject({ leftoverKeys: 1 });
    expect(await redis.exists(...keysOfEpoch(harness.config.keyPrefix, sale.key, 1))).toBe(0);
    await sale.balanced();
  });

  it('does all parts although one fails, and tells of it', async () => {
    const sale = await closedSale();
    await harness.postgres.query('UPDATE outbox SET delivered_at = ledger_now(), created_at = ledger_now()');
    await sale.advance(31 * DAY);
    jest.spyOn(requests, 'runOnce').mockRejectedValueOnce(new Error('no'));
    await expect(forget.runOnce()).rejects.toThrow('some of what is too old');
    expect(await count('outbox')).toBe(0);
    jest.restoreAllMocks();
  });

  it('is one worker’s at a time', async () => {
    let passBy = (): void => undefined;
    const passedBy = new Promise<void>((resolve) => (passBy = resolve));
    // Whoever has begun is not done before another one has come and gone.
    jest.spyOn(requests, 'runOnce').mockImplementation(() => passedBy.then(() => 0));
    const run = async (): ReturnType<Forget['runOnce']> => {
      const done = await forget.runOnce();
      if (done === null) passBy();
      return done;
    };
    const runs = await Promise.all(Array.from({ length: 3 }, run));
    jest.restoreAllMocks();
    expect(runs.filter((run) => run === null).length).toBeGreaterThanOrEqual(1);
  });
});
