import type { Sale, Sku } from '../generated/prisma/client.js';
import type { Postgres } from '../platform/postgres.js';

/** A row of `sales` without what belongs to the rebuild of Redis. */
export type SaleRow = Omit<Sale, 'epoch' | 'redisRunId' | 'rebuiltAt'>;

/** A row of `skus` with what is counted beside it: capacity = numbered − units withdrawn for good. */
export type SkuRow = Pick<
  Sku,
  'id' | 'saleId' | 'ordinal' | 'name' | 'unitPrice' | 'unitsPerCustomerMax' | 'numbered'
> & { capacity: number; labelled: boolean; removed: boolean };

/** A sale as Postgres has it, with its SKUs by ordinal; those that were removed too, since reservations may name them. */
export type SaleRecord = SaleRow & { skus: SkuRow[] };

export const SALE_COLUMNS = `
  s.id, s.key, s.slug, s.name, s.currency, s.status, s.opens_at AS "opensAt", s.closes_at AS "closesAt",
  s.opened_at AS "openedAt", s.closed_at AS "closedAt", s.hold_ttl_seconds AS "holdTtlSeconds",
  s.checkout_ttl_seconds AS "checkoutTtlSeconds", s.queue_timeout_seconds AS "queueTimeoutSeconds",
  s.units_per_customer_max AS "unitsPerCustomerMax", s.extensions_max AS "extensionsMax",
  s.extension_step_seconds AS "extensionStepSeconds", s.hold_age_seconds_max AS "holdAgeSecondsMax",
  s.late_payment AS "latePayment", s.forgets_since AS "forgetsSince", s.retired_at AS "retiredAt", s.revision, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

const SELECT_SKUS = `
  SELECT k.id, k.sale_id AS "saleId", k.ordinal, k.name, k.unit_price AS "unitPrice",
         k.units_per_customer_max AS "unitsPerCustomerMax", k.numbered,
         k.numbered - (SELECT count(*) FROM withdrawn_units w
                       WHERE w.sku_id = k.id AND w.reason = 'capacity')::int AS capacity,
         EXISTS (SELECT 1 FROM units u WHERE u.sku_id = k.id) AS labelled, k.removed_at IS NOT NULL AS removed
  FROM skus k WHERE k.sale_id = ANY($1::text[]) ORDER BY k.sale_id, k.ordinal`;

/** The sale with its SKUs straight from Postgres, or null. */
export async function readSale(postgres: Postgres, saleId: string): Promise<SaleRecord | null> {
  const rows = await postgres.query<SaleRow>(`SELECT ${SALE_COLUMNS} FROM sales s WHERE s.id = $1`, [saleId]);
  const [record] = await withSkus(postgres, rows);
  return record ?? null;
}

/** Adds the SKUs to rows of sales, in the order of the rows, with one query for all of them. */
export async function withSkus(postgres: Postgres, rows: readonly SaleRow[]): Promise<SaleRecord[]> {
  if (rows.length === 0) return [];
  const skus = await postgres.query<SkuRow>(SELECT_SKUS, [rows.map((row) => row.id)]);
  return rows.map((row) => ({ ...row, skus: skus.filter((sku) => sku.saleId === row.id) }));
}
