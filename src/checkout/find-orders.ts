import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import type { Order } from './order.js';

export interface OrderFilter {
  readonly id?: string;
  readonly customerId?: string;
  readonly saleId?: string;
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

/** Reads orders from Postgres; newest first. */
@Injectable()
export class FindOrders {
  constructor(private readonly postgres: Postgres) {}

  async list({ id, customerId, saleId, after, limit }: OrderFilter): Promise<Order[]> {
    return this.postgres.query<Order & Record<string, unknown>>(
      `${SELECT} WHERE ($1::text IS NULL OR o.id = $1) AND ($2::text IS NULL OR o.customer_id = $2)
         AND ($3::text IS NULL OR o.sale_id = $3)
         AND ($4::text IS NULL OR (o.confirmed_at, o.id) < (SELECT p.confirmed_at, p.id FROM orders p WHERE p.id = $4))
       ORDER BY o.confirmed_at DESC, o.id DESC LIMIT $5`,
      [id ?? null, customerId ?? null, saleId ?? null, after ?? null, limit],
    );
  }

  async find(id: string): Promise<Order | null> {
    const [order] = await this.list({ id, limit: 1 });
    return order ?? null;
  }
}
