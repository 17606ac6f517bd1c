import type { Sale, Sku } from '../generated/prisma/client.js';
import { JOURNAL_COLUMNS, type JournalRow } from '../inventory/journal-row.js';
import type { SlowStatements } from '../platform/postgres.js';

/** What Postgres knows of a sale's stock, of one moment. */
export interface Snapshot {
  readonly sale: Sale;
  readonly skus: Pick<Sku, 'id' | 'ordinal' | 'numbered' | 'unitsPerCustomerMax' | 'stockVersion' | 'capacityTarget'>[];
  readonly withdrawn: { ordinal: number; unit: number; reason: 'capacity' | 'block' }[];
  readonly sold: { ordinal: number; unit: number; customer: string }[];
  /** Checkouts first, then holds from the newest decision to the oldest. */
  readonly live: JournalRow[];
  readonly sequence: number;
  /** Reservations whose order was cancelled with restock: none of their units is in `sold`. */
  readonly restocked: { id: string; version: number }[];
}

/** Reads it within a REPEATABLE READ transaction. */
export async function readSnapshot(slow: SlowStatements, sale: Sale): Promise<Snapshot> {
  const skus = await slow.query<Snapshot['skus'][number]>(
    `SELECT id, ordinal, numbered, units_per_customer_max AS "unitsPerCustomerMax", stock_version AS "stockVersion",
       capacity_target AS "capacityTarget" FROM skus WHERE sale_id = $1 ORDER BY ordinal`,
    [sale.id],
  );
  const withdrawn = await slow.query<Snapshot['withdrawn'][number]>(
    `SELECT k.ordinal, w.unit_no AS unit, w.reason FROM withdrawn_units w JOIN skus k ON k.id = w.sku_id WHERE k.sale_id = $1`,
    [sale.id],
  );
  const sold = await slow.query<Snapshot['sold'][number]>(
    `SELECT k.ordinal, u.unit_no AS unit, r.customer_id AS customer FROM sold_units u JOIN skus k ON k.id = u.sku_id
     JOIN reservations r ON r.id = u.reservation_id WHERE k.sale_id = $1`,
    [sale.id],
  );
  const live = await slow.query<JournalRow>(
    `SELECT ${JOURNAL_COLUMNS} FROM reservations r WHERE r.sale_id = $1 AND r.status IN ('held', 'checkout')
     ORDER BY (r.status = 'checkout') DESC, r.hold_sequence DESC`,
    [sale.id],
  );
  const last = await slow.query<{ sequence: number | null }>(
    'SELECT max(hold_sequence) AS sequence FROM reservations WHERE sale_id = $1',
    [sale.id],
  );
  const restocked = await slow.query<Snapshot['restocked'][number]>(
    'SELECT r.id, r.version FROM orders o JOIN reservations r ON r.id = o.reservation_id WHERE o.sale_id = $1 AND o.restocked',
    [sale.id],
  );
  return {
    sale,
    skus: skus.rows,
    withdrawn: withdrawn.rows,
    sold: sold.rows,
    live: live.rows,
    sequence: last.rows[0]?.sequence ?? 0,
    restocked: restocked.rows,
  };
}
