import type pg from 'pg';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import type { History, JournalledRow, OrderedRow, OutcomeRow } from './history.js';

const PLACES = `(SELECT coalesce(array_agg(k.id || ':' || unit), '{}') FROM jsonb_to_recordset(r.lines) AS line (ordinal int, units int[])
  JOIN skus k ON k.sale_id = r.sale_id AND k.ordinal = line.ordinal, unnest(line.units) AS unit)`;
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** What Postgres, and the exact counts, say of a sale at rest. */
export async function readHistory(
  postgres: pg.Client,
  shop: Storefront,
  sale: TestSale,
): Promise<Pick<History, 'rows' | 'orders' | 'outcomes' | 'skus'>> {
  const rows = await postgres.query<JournalledRow>(
    `SELECT r.id, r.customer_id AS "customerId", r.status, r.version, ${PLACES} AS places, ${ms('r.held_at')} AS "heldAt",
       ${ms('coalesce(r.checkout_expires_at, r.expires_at)')} AS deadline, ${ms('r.ended_at')} AS "endedAt",
       r.end_reason AS "endReason", r.mode = 'rehold' AS again
     FROM reservations r WHERE r.sale_id = $1`,
    [sale.id],
  );
  const orders = await postgres.query<OrderedRow>(
    `SELECT o.id, o.reservation_id AS "reservationId", o.status, coalesce(o.restocked, false) AS restocked,
       o.payment_reference AS "paymentReference", o.held_as IS NOT NULL AS late,
       (SELECT coalesce(array_agg(l.sku_id || ':' || unit), '{}') FROM order_lines l, unnest(l.units) AS unit WHERE l.order_id = o.id) AS places
     FROM orders o WHERE o.sale_id = $1`,
    [sale.id],
  );
  const outcomes = await postgres.query<OutcomeRow>(
    `SELECT p.reservation_id AS "reservationId", p.payment_reference AS reference, p.order_id AS "orderId",
       p.problem ->> 'code' AS code FROM payment_outcomes p WHERE p.reservation_id LIKE $1`,
    [`rsv_${sale.key}%`],
  );
  const { skus } = must(200, await shop.availability(sale.id)).body;
  return {
    rows: rows.rows,
    orders: orders.rows,
    outcomes: outcomes.rows,
    skus: skus.map((sku) => ({ ...sku, id: sku.skuId })),
  };
}

/** Whether nothing of the sale is held or pinned any more. */
export async function isOver(postgres: pg.Client, sale: TestSale): Promise<boolean> {
  const { rowCount } = await postgres.query(
    `SELECT 1 FROM reservations WHERE sale_id = $1 AND status IN ('held', 'checkout') LIMIT 1`,
    [sale.id],
  );
  return rowCount === 0;
}
