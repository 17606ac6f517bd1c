import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { invalid } from '../platform/validation.js';
import type { Order } from './order.js';
import type { OrderFilterQuery } from './order-filter.js';

export interface OrderFilter extends OrderFilterQuery {
  readonly id?: string;
  /** The last id of the page before. */
  readonly after?: string;
  readonly limit: number;
}

const SELECT = `SELECT o.id, o.reservation_id AS "reservationId", o.sale_id AS "saleId", o.customer_id AS "customerId", o.status,
    o.currency, o.total, o.payment_reference AS "paymentReference", o.confirmed_at AS "confirmedAt",
    o.cancelled_at AS "cancelledAt", o.restocked, o.held_as AS "heldAs",
    (SELECT coalesce(json_agg(json_build_object('ordinal', k.ordinal, 'units', l.units, 'unitPrice', l.unit_price) ORDER BY l.line_no), '[]')
     FROM order_lines l JOIN skus k ON k.id = l.sku_id WHERE l.order_id = o.id) AS lines
  FROM orders o`;

// Whose a unit is, is known by its number: that of the label, or the label itself where units have none.
const HAS_UNIT = `o.reservation_id IN (SELECT s.reservation_id FROM skus k JOIN sold_units s ON s.sku_id = k.id
  WHERE k.sale_id = $3 AND s.unit_no = coalesce((SELECT u.unit_no FROM units u WHERE u.sku_id = k.id AND u.label = $8),
    CASE WHEN $8::text ~ '^[1-9][0-9]{0,8}$' AND NOT EXISTS (SELECT 1 FROM units u WHERE u.sku_id = k.id) THEN $8::int END))`;

/** Reads orders from Postgres; newest first. */
@Injectable()
export class FindOrders {
  constructor(private readonly postgres: Postgres) {}

  /** A page of those that fit. Throws invalid-request for a unit without its sale. */
  async list({ id, after, limit, ...filter }: OrderFilter): Promise<Order[]> {
    const { customerId, saleId, status, paymentReference, reservationId, unit } = filter;
    if (unit !== undefined && saleId === undefined)
      throw invalid([{ pointer: '?unit', detail: 'needs saleId beside it: a label is of one sale' }]);
    return this.postgres.query<Order & Record<string, unknown>>(
      `${SELECT} WHERE ($1::text IS NULL OR o.id = $1) AND ($2::text IS NULL OR o.customer_id = $2)
         AND ($3::text IS NULL OR o.sale_id = $3)
         AND ($4::text IS NULL OR (o.confirmed_at, o.id) < (SELECT p.confirmed_at, p.id FROM orders p WHERE p.id = $4))
         AND ($5::text IS NULL OR o.status = $5::"OrderStatus") AND ($6::text IS NULL OR o.payment_reference = $6)
         AND ($7::text IS NULL OR o.reservation_id = $7) AND ($8::text IS NULL OR ${HAS_UNIT})
       ORDER BY o.confirmed_at DESC, o.id DESC LIMIT $9`,
      [
        ...[id ?? null, customerId ?? null, saleId ?? null, after ?? null],
        ...[status ?? null, paymentReference ?? null, reservationId ?? null, unit ?? null, limit],
      ],
    );
  }

  async find(id: string): Promise<Order | null> {
    const [order] = await this.list({ id, limit: 1 });
    return order ?? null;
  }
}
