import type pg from 'pg';
import type { SaleStatus } from '../generated/prisma/enums.js';
import type { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { SALE_COLUMNS, type SaleRow } from './sale-record.js';

/** What creation decides of a sale; the rest are defaults of the table. */
export type NewSale = Omit<
  SaleRow,
  'status' | 'openedAt' | 'closedAt' | 'revision' | 'createdAt' | 'updatedAt' | 'layout' | 'forgetsSince' | 'retiredAt'
>;

/** What a change may set. Currency, slug and SKUs of a sale stay as they were created. */
export type SaleChange = Partial<Omit<NewSale, 'id' | 'key' | 'slug' | 'currency'>> &
  Partial<Pick<SaleRow, 'status' | 'openedAt' | 'closedAt'>>;

const COLUMN_OF = {
  id: 'id',
  key: 'key',
  slug: 'slug',
  name: 'name',
  currency: 'currency',
  status: 'status',
  opensAt: 'opens_at',
  closesAt: 'closes_at',
  openedAt: 'opened_at',
  closedAt: 'closed_at',
  holdTtlSeconds: 'hold_ttl_seconds',
  checkoutTtlSeconds: 'checkout_ttl_seconds',
  queueTimeoutSeconds: 'queue_timeout_seconds',
  unitsPerCustomerMax: 'units_per_customer_max',
  extensionsMax: 'extensions_max',
  extensionStepSeconds: 'extension_step_seconds',
  holdAgeSecondsMax: 'hold_age_seconds_max',
  latePayment: 'late_payment',
} as const satisfies Record<keyof NewSale | keyof SaleChange, string>;

type Field = keyof typeof COLUMN_OF;

/** The fields of a change or of a new sale, in the order of the table above, without those left undefined. */
function fieldsOf(values: Partial<Record<Field, unknown>>): Field[] {
  return (Object.keys(COLUMN_OF) as Field[]).filter((field) => values[field] !== undefined);
}

/** Writes a new draft. A slug that another sale has is `slug-taken`. */
export async function insertSale(client: pg.PoolClient, sale: NewSale): Promise<SaleRow> {
  const fields = fieldsOf(sale);
  const columns = fields.map((field) => COLUMN_OF[field]).join(', ');
  const slots = fields.map((_field, index) => `$${index + 1}`).join(', ');
  const text = `INSERT INTO sales AS s (${columns}) VALUES (${slots}) ON CONFLICT (slug) DO NOTHING
                RETURNING ${SALE_COLUMNS}`;
  const { rows } = await client.query<SaleRow>(
    text,
    fields.map((field) => sale[field as keyof NewSale]),
  );
  if (rows[0]) return rows[0];
  throw new Problem('slug-taken', `Another sale has the slug "${sale.slug}": choose another one.`);
}

/**
 * Reads a sale for a change and keeps every other change out until the transaction ends, together with the
 * ledger's time. The weaker lock leaves the journal free to insert reservations of the sale meanwhile.
 */
export async function lockSale(client: pg.PoolClient, saleId: string): Promise<(SaleRow & { now: Date }) | undefined> {
  const text = `SELECT ${SALE_COLUMNS}, date_trunc('milliseconds', ledger_now()) AS now
                FROM sales s WHERE s.id = $1 FOR NO KEY UPDATE OF s`;
  const { rows } = await client.query<SaleRow & { now: Date }>(text, [saleId]);
  return rows[0];
}

/** Writes a change of a locked sale and raises its revision: compare and set on the revision that was read. */
export async function updateSale(client: pg.PoolClient, read: SaleRow, change: SaleChange): Promise<SaleRow> {
  const fields = fieldsOf(change);
  const sets = fields.map((field, index) => `${COLUMN_OF[field]} = $${index + 3}`);
  const text = `UPDATE sales AS s SET ${[...sets, 'revision = s.revision + 1', 'updated_at = now()'].join(', ')}
                WHERE s.id = $1 AND s.revision = $2 RETURNING ${SALE_COLUMNS}`;
  const values = fields.map((field) => change[field as keyof SaleChange]);
  const { rows } = await client.query<SaleRow>(text, [read.id, read.revision, ...values]);
  if (!rows[0]) throw new Error(`Sale ${read.id} changed under its lock, at revision ${read.revision}`);
  return rows[0];
}

/** A sale that its times have just opened or closed. */
export type FlippedSale = SaleRow & { statusBefore: SaleStatus };

// A sale whose closing has come too goes straight to closed: opening it for a moment would only mislead.
const DUE = `(s.status IN ('scheduled', 'open', 'paused') AND s.closes_at <= ledger_now())
             OR (s.status = 'scheduled' AND s.opens_at <= ledger_now())`;

/** Whether a sale's time has come: one small read, so that a schedule with nothing to do writes and locks nothing. */
export async function hasDueSales(postgres: Postgres): Promise<boolean> {
  const rows = await postgres.query(`SELECT 1 FROM sales s WHERE ${DUE} LIMIT 1`);
  return rows.length > 0;
}

/** Opens and closes the sales whose times have come, at most so many; those that another transaction holds wait. */
export async function flipDueSales(client: pg.PoolClient, salesMax: number): Promise<FlippedSale[]> {
  const { rows } = await client.query<FlippedSale>(
    `WITH due AS (
       SELECT s.id, s.status AS before, ledger_now() AS now,
              CASE WHEN s.closes_at <= ledger_now() THEN 'closed' ELSE 'open' END::"SaleStatus" AS target
       FROM sales s WHERE ${DUE} ORDER BY s.id LIMIT $1 FOR NO KEY UPDATE OF s SKIP LOCKED)
     UPDATE sales AS s SET status = due.target, revision = s.revision + 1, updated_at = now(),
       opened_at = CASE WHEN due.target = 'open' THEN coalesce(s.opened_at, due.now) ELSE s.opened_at END,
       closed_at = CASE WHEN due.target = 'closed' THEN due.now ELSE s.closed_at END
     FROM due WHERE s.id = due.id AND s.status = due.before
     RETURNING ${SALE_COLUMNS}, due.before AS "statusBefore"`,
    [salesMax],
  );
  return rows;
}
