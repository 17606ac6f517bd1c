import type pg from 'pg';
import { Problem } from '../problems.js';
import { SALE_COLUMNS, type SaleRow } from './sale-record.js';

/** What creation decides of a sale; the rest are defaults of the table. */
export type NewSale = Omit<SaleRow, 'status' | 'openedAt' | 'closedAt' | 'revision' | 'createdAt' | 'updatedAt'>;

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
