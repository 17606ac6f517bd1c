import { SaleRetired } from '../../src/inventory/epochs.js';
import { DropKeys } from '../../src/inventory/drop-keys.js';
import { RetireSales } from '../../src/forgetting/retire-sales.js';
import { readJournalledStock } from '../../src/sales/journalled-stock.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

const DAY = 86_400_000;
let harness: LedgerHarness;
let retiring: RetireSales;
let keys: DropKeys;
beforeAll(async () => {
  harness = await LedgerHarness.open();
  keys = new DropKeys(harness.connection, harness.ledger, harness.config);
  retiring = new RetireSales(harness.postgres, harness.connection, keys, harness.config, harness.log);
});
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const keysOf = (sale: LedgerSale): Promise<string[]> =>
  harness.connection.redis.keys(`${harness.config.keyPrefix}:{${sale.key}}:*`);
const isRetired = async (sale: LedgerSale): Promise<boolean> => {
  const [row] = await harness.postgres.query<{ retired_at: Date | null }>(
    'SELECT retired_at FROM sales WHERE id = $1',
    [sale.id],
  );
  return row?.retired_at !== null;
};
const deliverAll = (): Promise<unknown> => harness.postgres.query('UPDATE outbox SET delivered_at = ledger_now()');

/** A closed sale of 5 units: one sold, one released, one that was refused. */
async function closedSale(): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 5, blocked: [5] }] });
  await sale.reserve({ id: 'sold', lines: '1x1' }, { id: 'freed', lines: '1x1' }, { id: 'refused', lines: '1x9' });
  await sale.sell('sold');
  await harness.checkouts.release(sale.rowId('freed'), null);
  const freed = await sale.journalled('freed');
  await sale.run('release', sale.tail('freed'));
  await harness.journal.release(sale, 1, freed, null);
  await harness.postgres.query(`UPDATE sales SET status = 'closed', closed_at = ledger_now() WHERE id = $1`, [sale.id]);
  await deliverAll();
  return sale;
}

describe('a sale that closed long ago', () => {
  it('is taken out of Redis, every key of it, and not before its time', async () => {
    const sale = await closedSale();
    await sale.advance(7 * DAY - 1);
    expect(await retiring.runOnce()).toBe(0);
    await sale.balanced();
    await sale.advance(1);
    expect(await retiring.runOnce()).toBe(1);
    expect(await keysOf(sale)).toEqual([]);
    expect(await retiring.runOnce()).toBe(0);
  });

  it('is not missed by the guardian, and Postgres answers for it', async () => {
    const sale = await closedSale();
    await sale.advance(8 * DAY);
    await retiring.runOnce();
    expect(await harness.guardian.runOnce()).toBe(0);
    await expect(harness.stock.read(sale)).rejects.toThrow(SaleRetired);
    expect(await readJournalledStock(harness.postgres, sale.id)).toMatchObject([
      { capacity: 5, available: 3, held: 0, checkout: 0, sold: 1, blocked: 1 },
    ]);
    for (const script of ['release', 'pin', 'extend'] as const)
      expect(await harness.ledger.run(script, sale, [sale.tail('freed')])).toMatchObject({ status: 'unknown' });
    expect(await harness.guardian.runOnce()).toBe(0);
    expect(await keysOf(sale)).toEqual([]);
  });

  it('wakes when its stock is to change, as it was, and retires again later', async () => {
    const sale = await closedSale();
    await sale.advance(8 * DAY);
    await retiring.runOnce();
    await expect(harness.ledger.run('settle', sale, [sale.tail('sold'), 4])).rejects.toThrow(SaleRetired);
    harness.guardian.ask(sale.id);
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(['3 0 0 1 1 / 5']);
    await sale.balanced();
    expect(await retiring.runOnce()).toBe(0);
    await sale.advance(3_600_000);
    expect(await retiring.runOnce()).toBe(1);
    expect(await keysOf(sale)).toEqual([]);
  });

  it('stays while a hold, a payment window or an undelivered fact is left of it', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'held', lines: '1x1' }, { id: 'pinned', lines: '1x1' });
    await sale.pin('pinned');
    await harness.postgres.query(`UPDATE sales SET status = 'closed', closed_at = ledger_now() WHERE id = $1`, [
      sale.id,
    ]);
    await sale.advance(8 * DAY);
    expect(await retiring.runOnce()).toBe(0);
    await sale.run('expire', 10);
    await harness.sweep.runOnce(sale);
    expect(await retiring.runOnce()).toBe(0);
    await harness.checkouts.release(sale.rowId('pinned'), null);
    expect(await retiring.runOnce()).toBe(0);
    await sale.balanced();
    await deliverAll();
    expect(await retiring.runOnce()).toBe(1);
  });

  it('is finished by the next run when the first died before the keys went', async () => {
    const sale = await closedSale();
    await sale.advance(8 * DAY);
    jest.spyOn(keys, 'ofSale').mockRejectedValueOnce(new Error('killed'));
    await expect(retiring.runOnce()).rejects.toThrow('killed');
    expect(await isRetired(sale)).toBe(true);
    expect(await keysOf(sale)).not.toEqual([]);
    // What was decided in the epoch before can neither be run nor written any more.
    expect(await sale.run('view', sale.tail('sold'))).toEqual(['stale-epoch']);
    expect(await retiring.runOnce()).toBe(1);
    expect(await keysOf(sale)).toEqual([]);
  });

  it('is retired once, by however many workers', async () => {
    const sale = await closedSale();
    await sale.advance(8 * DAY);
    const runs = await Promise.all(Array.from({ length: 4 }, () => retiring.runOnce()));
    expect(runs.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1);
    expect(await sale.epoch()).toBe(2);
    expect(await keysOf(sale)).toEqual([]);
  });
});
