import type pg from 'pg';
import type { NotedUnit } from '../inventory/withdrawal-notes.js';

const INSERT = `INSERT INTO withdrawn_units (sku_id, unit_no, reason, withheld, version)
  SELECT k.id, unit, CASE WHEN $3 = 'capacity' THEN 'capacity' ELSE 'block' END::"WithdrawnReason", $3 = 'withheld',
    k.stock_version + 1
  FROM unnest($2::int[]) AS unit, skus k WHERE k.id = $1 ON CONFLICT (sku_id, unit_no) DO NOTHING`;

// A target that is reached is waited for no longer.
const RAISE = `UPDATE skus k SET stock_version = k.stock_version + 1, capacity_target = CASE WHEN k.capacity_target < k.numbered
    - (SELECT count(*) FROM withdrawn_units w WHERE w.sku_id = k.id AND w.reason = 'capacity') THEN k.capacity_target END
  WHERE k.id = $1`;

/** Writes units as withdrawn, blocked or withheld, and raises the stock's version. Returns how many are new; a repeat is 0. */
export async function recordWithdrawn(
  client: pg.PoolClient,
  skuId: string,
  units: readonly NotedUnit[],
): Promise<number> {
  await client.query('SELECT 1 FROM skus WHERE id = $1 FOR NO KEY UPDATE', [skuId]);
  let recorded = 0;
  for (const as of ['capacity', 'block', 'withheld'] as const) {
    const numbers = units.filter((unit) => unit.as === as).map(({ unit }) => unit);
    if (numbers.length === 0) continue;
    const { rowCount } = await client.query(INSERT, [skuId, numbers, as]);
    recorded += rowCount ?? 0;
  }
  if (recorded > 0) await client.query(RAISE, [skuId]);
  return recorded;
}
