import type { LedgerHarness } from './ledger-harness.js';
import type { LedgerSale, SaleKeyName } from './ledger-sale.js';

/** Something of everything, and nothing under way: SKU 1 has held, pinned, sold and restocked units, SKU 2 what is out of sale. */
export async function eventfulSale(harness: LedgerHarness): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 300 }, { units: 6, withdrawn: [1], blocked: [2] }] });
  await sale.reserve({ id: 'held', lines: '1x2' }, { id: 'pinned', lines: '1x2' }, { id: 'sold', lines: '1x2 2x1' });
  await sale.reserve({ id: 'released', lines: '1x1' }, { id: 'back', lines: '1x1', customer: 'bob' });
  await sale.pin('pinned');
  await sale.sell('sold');
  await sale.sell('back');
  await sale.cancel('back', true);
  await sale.restock('back');
  const released = await sale.journalled('released');
  await sale.run('release', sale.tail('released'));
  await harness.journal.release(sale, 1, released, null);
  await harness.sweep.runOnce(sale);
  await harness.relay.runOnce();
  await sale.balanced();
  return sale;
}

/** Rewrites a field of a hash by hand. */
export async function edit(
  sale: LedgerSale,
  key: SaleKeyName,
  field: string,
  change: (text: string) => string,
): Promise<void> {
  const { redis } = sale.harness.connection;
  const text = (await redis.hget(sale.redisKey(key), field)) ?? '';
  await redis.hset(sale.redisKey(key), field, change(text));
}

export const counters =
  (change: (counters: number[]) => unknown) =>
  (text: string): string => {
    const values = text.split(' ').map(Number);
    change(values);
    return values.join(' ');
  };

/** Marks a unit otherwise. */
export const mark =
  (unit: number, as: string) =>
  (text: string): string =>
    text.slice(0, unit - 1) + as + text.slice(unit);

/** Where a counter stands: numbered capacity available held checkout sold blocked cursor limit version excess. */
export const AT = {
  capacity: 1,
  available: 2,
  held: 3,
  checkout: 4,
  sold: 5,
  blocked: 6,
  cursor: 7,
  version: 9,
} as const;
export const move = (from: number, to: number) =>
  counters((c) => {
    c[from] = (c[from] ?? 0) - 1;
    c[to] = (c[to] ?? 0) + 1;
  });
