import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { appendToOutbox } from '../events/outbox.js';
import { beginBy } from '../inventory/by.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { journalled } from '../reservations/release-reservation.js';
import { FindOrders } from './find-orders.js';
import type { Order } from './order.js';

/** The fact that an order was cancelled; with `restock` its units are to be put back on sale. */
export const CANCELLED = 'order.cancelled';

export interface Cancellation {
  readonly restock: boolean;
  readonly reason: string;
  readonly actor: string;
}

interface LockedOrder {
  id: string;
  reservation_id: string;
  sale_id: string;
  status: 'confirmed' | 'cancelled';
  restocked: boolean | null;
  held_as: string | null;
}

/**
 * Cancels orders in Postgres; with restock the sold units go there first, and the outbox brings them back on sale in
 * Redis. An order is cancelled once, in one way: the same again is the same answer, the other way is refused.
 */
@Injectable()
export class CancelOrder {
  constructor(
    private readonly postgres: Postgres,
    private readonly orders: FindOrders,
  ) {}

  /** Throws order-not-found, order-state-conflict, store-unavailable; then it may have been cancelled: repeat. */
  async cancel(id: string, cancellation: Cancellation): Promise<Order> {
    await crashPoint('cancel.write');
    await journalled(
      this.postgres.transaction((client) => cancelLocked(client, id, cancellation), beginBy(cancellation)),
    );
    await crashPoint('cancel.answer');
    const order = await journalled(this.orders.find(id));
    if (!order) throw notFound();
    return order;
  }
}

export function notFound(): Problem {
  return new Problem('order-not-found', 'There is no such order.');
}

async function cancelLocked(client: pg.PoolClient, id: string, cancellation: Cancellation): Promise<void> {
  // The reservation's lock is what payments wait for too.
  const { rows } = await client.query<LockedOrder>(
    `SELECT o.id, o.reservation_id, o.sale_id, o.status, o.restocked, o.held_as
     FROM orders o JOIN reservations r ON r.id = o.reservation_id WHERE o.id = $1 FOR UPDATE`,
    [id],
  );
  const [order] = rows;
  if (!order) throw notFound();
  if (order.status === 'cancelled') refuseOtherWay(order, cancellation);
  else await writeCancellation(client, order, cancellation);
}

function refuseOtherWay({ restocked }: LockedOrder, { restock }: Cancellation): void {
  if (restocked === restock) return;
  const [detail, reason] = restock
    ? ['The order was cancelled without restock: its units stay sold.', 'cancelled-without-restock']
    : ['The order was cancelled with restock: its units are back on sale.', 'cancelled-with-restock'];
  throw new Problem('order-state-conflict', detail, { reason });
}

async function writeCancellation(
  client: pg.PoolClient,
  order: LockedOrder,
  { restock, reason, actor }: Cancellation,
): Promise<void> {
  const { id, reservation_id: reservationId, sale_id: saleId, held_as: heldAs } = order;
  await client.query(
    `UPDATE orders SET status = 'cancelled', cancelled_at = ledger_now(), restocked = $2 WHERE id = $1`,
    [id, restock],
  );
  const { rows } = await client.query<{ version: number }>(
    'UPDATE reservations SET version = version + 1 WHERE id = $1 RETURNING version',
    [reservationId],
  );
  if (restock) await client.query('DELETE FROM sold_units WHERE reservation_id = $1', [reservationId]);
  const sequence = rows[0]?.version ?? 0;
  const payload = { orderId: id, restock, heldAs };
  await appendToOutbox(client, [{ kind: CANCELLED, saleId, reservationId, sequence, payload }]);
  const [before, after] = [{ status: 'confirmed' }, { status: 'cancelled', restock }];
  await appendToAudit(client, [{ actor, action: 'order.cancel', subject: id, reason, before, after }]);
}
