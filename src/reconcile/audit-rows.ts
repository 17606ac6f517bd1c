import type pg from 'pg';
import type { JournalStatus } from '../inventory/journal-row.js';
import type { HeldLine } from '../inventory/records.js';
import type { SlowStatements } from '../platform/postgres.js';

/** A row of the journal, as far as an audit compares it. */
export interface AuditedRow {
  readonly id: string;
  readonly status: JournalStatus;
  readonly version: number;
  readonly lines: HeldLine[];
  /** Held past its deadline: free in either store. */
  readonly overdue: boolean;
}

export interface AuditedSkuRow {
  readonly ordinal: number;
  readonly numbered: number;
  readonly version: number;
  readonly removed: boolean;
}

/** What Postgres has of a sale, of one moment; numbers of units stand by SKU ordinal. */
export interface AuditedRows {
  readonly epoch: number;
  readonly revision: number;
  readonly skus: readonly AuditedSkuRow[];
  readonly sold: ReadonlyMap<number, number[]>;
  readonly withdrawn: ReadonlyMap<number, number[]>;
  readonly blocked: ReadonlyMap<number, number[]>;
  /** Held and pinned. */
  readonly live: readonly AuditedRow[];
  /** Rows of what Redis holds and that are not live, by id. */
  readonly over: ReadonlyMap<string, AuditedRow>;
  /** Reservations that a fact tells of which Redis may not have heard yet. */
  readonly underWay: ReadonlySet<string>;
  /** Units of cancelled orders that are on their way back on sale. */
  readonly goingBack: ReadonlyMap<number, number[]>;
}

const ROW = `id, status, version, lines, status = 'held' AND expires_at <= ledger_now() AS overdue`;
// One text a SKU instead of a row a unit: a hundred thousand sold units are read in some milliseconds.
const NUMBERS = `string_agg(unit_no::text, ',') AS units`;
const SOLD = `SELECT k.ordinal, ${NUMBERS} FROM sold_units u JOIN skus k ON k.id = u.sku_id WHERE k.sale_id = $1 GROUP BY 1`;
const WITHDRAWN = `SELECT k.ordinal, w.reason, ${NUMBERS} FROM withdrawn_units w JOIN skus k ON k.id = w.sku_id
  WHERE k.sale_id = $1 GROUP BY 1, 2`;
const GOING_BACK = `SELECT k.ordinal, string_agg(unit_no::text, ',') AS units FROM outbox f
  JOIN orders o ON o.reservation_id = f.reservation_id AND o.restocked JOIN order_lines l ON l.order_id = o.id
  JOIN skus k ON k.id = l.sku_id, unnest(l.units) AS unit_no WHERE f.sale_id = $1 AND f.delivered_at IS NULL GROUP BY 1`;

interface Numbers {
  ordinal: number;
  units: string;
  reason?: 'capacity' | 'block';
}

/** Reads it within a REPEATABLE READ transaction; `held` are the ids of what Redis holds. */
export async function readAuditedRows(
  slow: SlowStatements,
  saleId: string,
  held: readonly string[],
): Promise<AuditedRows> {
  const read = async <R extends pg.QueryResultRow>(text: string, ...values: unknown[]): Promise<R[]> =>
    (await slow.query<R>(text, [saleId, ...values])).rows;
  const sales = await read<{ epoch: number; revision: number }>('SELECT epoch, revision FROM sales WHERE id = $1');
  const skus = await read<AuditedSkuRow & pg.QueryResultRow>(
    'SELECT ordinal, numbered, stock_version AS version, removed_at IS NOT NULL AS removed FROM skus WHERE sale_id = $1 ORDER BY 1',
  );
  const sold = await read<Numbers & pg.QueryResultRow>(SOLD);
  const withdrawn = await read<Numbers & pg.QueryResultRow>(WITHDRAWN);
  const live = await read<AuditedRow & pg.QueryResultRow>(
    `SELECT ${ROW} FROM reservations WHERE sale_id = $1 AND status IN ('held', 'checkout')`,
  );
  const known = new Set(live.map(({ id }) => id));
  const over = await read<AuditedRow & pg.QueryResultRow>(
    `SELECT ${ROW} FROM reservations WHERE sale_id = $1 AND id = ANY($2)`,
    held.filter((id) => !known.has(id)),
  );
  const facts = await read<{ id: string | null; heldAs: string | null }>(
    `SELECT reservation_id AS id, payload ->> 'heldAs' AS "heldAs" FROM outbox WHERE sale_id = $1 AND delivered_at IS NULL`,
  );
  return {
    epoch: sales[0]?.epoch ?? 0,
    revision: sales[0]?.revision ?? 0,
    ...{ skus, sold: byOrdinal(sold), live },
    withdrawn: byOrdinal(withdrawn.filter(({ reason }) => reason === 'capacity')),
    blocked: byOrdinal(withdrawn.filter(({ reason }) => reason === 'block')),
    over: new Map(over.map((row) => [row.id, row])),
    underWay: new Set(facts.flatMap(({ id, heldAs }) => [id ?? '', heldAs ?? ''])),
    goingBack: byOrdinal(await read<Numbers & pg.QueryResultRow>(GOING_BACK)),
  };
}

function byOrdinal(rows: readonly Numbers[]): Map<number, number[]> {
  return new Map(rows.map(({ ordinal, units }) => [ordinal, units.split(',').map(Number)]));
}
