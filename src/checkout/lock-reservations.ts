import type pg from 'pg';
import { JOURNAL_COLUMNS, type JournalRow } from '../inventory/journal-row.js';
import type { Order } from './order.js';
import type { LockedReservation, StoredRefusal } from './payment.js';

/** Locks the rows of these reservations in id order and reads what is known of their payments; by id, where there is a row. */
export async function lockReservations(
  client: pg.PoolClient,
  reservationIds: readonly string[],
): Promise<Map<string, LockedReservation>> {
  const ids = [...new Set(reservationIds)].sort();
  const { rows } = await client.query<LockedRow>({
    name: 'confirm-lock',
    text: `SELECT ${JOURNAL_COLUMNS}, s.currency, s.late_payment, s.status = 'closed' AS closed FROM reservations r JOIN sales s ON s.id = r.sale_id
           WHERE r.id = ANY($1) ORDER BY r.id FOR UPDATE OF r`,
    values: [ids],
  });
  // After the locks, so that what another batch wrote while this one waited is seen.
  const outcomes = await client.query<OutcomeRow>({ name: 'confirm-outcomes', text: OUTCOMES, values: [ids] });
  const orders = await client.query<OrderRow>({ name: 'confirm-orders', text: ORDERS, values: [ids] });
  const locked = new Map<string, LockedReservation>();
  for (const row of rows) {
    const of = outcomes.rows.filter(({ reservation_id: id }) => id === row.id);
    const found = orders.rows.find(({ reservation_id: id }) => id === row.id);
    locked.set(row.id, {
      row,
      currency: row.currency,
      latePayment: row.closed ? 'closed' : row.late_payment,
      order: found ? orderOf(found, row) : null,
      outcomes: new Map(of.map(({ payment_reference: reference, problem }) => [reference, problem])),
    });
  }
  return locked;
}

type LockedRow = JournalRow & { currency: string; late_payment: 'rehold' | 'refuse'; closed: boolean };

interface OutcomeRow {
  reservation_id: string;
  payment_reference: string;
  problem: StoredRefusal | null;
}

interface OrderRow {
  id: string;
  reservation_id: string;
  status: 'confirmed' | 'cancelled';
  currency: string;
  total: number;
  payment_reference: string;
  confirmed_at: Date;
  cancelled_at: Date | null;
  restocked: boolean | null;
  held_as: string | null;
}

const OUTCOMES =
  'SELECT reservation_id, payment_reference, problem FROM payment_outcomes WHERE reservation_id = ANY($1)';
const ORDERS = `SELECT id, reservation_id, status, currency, total, payment_reference, confirmed_at, cancelled_at, restocked,
  held_as FROM orders WHERE reservation_id = ANY($1)`;

function orderOf(found: OrderRow, row: JournalRow): Order {
  const { id, status, currency, total, restocked } = found;
  const { id: reservationId, sale_id: saleId, customer_id: customerId, lines } = row;
  return {
    ...{ id, reservationId, saleId, customerId, status, currency, total, paymentReference: found.payment_reference },
    ...{ confirmedAt: found.confirmed_at, cancelledAt: found.cancelled_at, restocked, heldAs: found.held_as, lines },
  };
}
