import type pg from 'pg';
import { appendToOutbox } from '../events/outbox.js';
import { JOURNAL_COLUMNS, type JournalRow } from '../inventory/journal-row.js';
import { randomId } from '../platform/ids.js';
import type { Order } from './order.js';
import {
  decidePayment,
  type LockedReservation,
  type Payment,
  type PaymentDecision,
  type PaymentOutcome,
  type StoredRefusal,
} from './payment.js';

/** The fact that a reservation was confirmed: its units are to be settled. */
export const CONFIRMED = 'reservation.confirmed';

/**
 * Decides and writes the payments of a batch within the transaction of `client`: orders, lines, sold units, outcomes,
 * the journal and the outbox, all or nothing. Rows are locked in id order and units written in (SKU, unit) order, so
 * that two batches cannot wait for each other. A unit that is sold already is a unique violation of the whole batch.
 */
export async function confirmBatch(client: pg.PoolClient, payments: readonly Payment[]): Promise<PaymentOutcome[]> {
  const locked = await lock(client, payments);
  const { rows } = await client.query<{ now: Date }>('SELECT ledger_now() AS now');
  const confirmedAt = rows[0]?.now ?? new Date(0);
  const decisions = payments.map((payment) => decideInTurn(payment, locked.get(payment.reservationId), confirmedAt));
  const orders = decisions.flatMap(({ order }) => (order ? [order] : []));
  const refused = payments.flatMap((payment, i) => {
    const decision = decisions[i]?.decision;
    return decision?.kind === 'refuse' ? [{ payment, refusal: decision.refusal }] : [];
  });
  if (orders.length > 0) await writeOrders(client, orders, locked);
  if (orders.length + refused.length > 0) await writeOutcomes(client, orders, refused);
  return decisions.map(({ outcome }) => outcome);
}

interface Decided {
  decision: PaymentDecision;
  outcome: PaymentOutcome;
  order?: Order;
}

/** Two payments of one reservation may stand in one batch: the second finds what the first made of it. */
function decideInTurn(payment: Payment, locked: LockedReservation | undefined, confirmedAt: Date): Decided {
  const decision = decidePayment(payment, locked);
  if (decision.kind === 'known') return { decision, outcome: decision.outcome };
  if (decision.kind === 'refuse' || !locked) {
    const refusal = decision.kind === 'refuse' ? decision.refusal : undefined;
    if (!refusal) return { decision, outcome: { kind: 'unknown' } };
    locked?.outcomes.set(payment.paymentReference, refusal);
    return { decision, outcome: { kind: 'refused', refusal } };
  }
  const { row, currency } = locked;
  const order: Order = {
    id: randomId('ord', 20),
    reservationId: row.id,
    saleId: row.sale_id,
    customerId: row.customer_id,
    status: 'confirmed',
    currency,
    total: row.total,
    paymentReference: payment.paymentReference,
    confirmedAt,
    lines: row.lines,
  };
  locked.outcomes.set(payment.paymentReference, null);
  Object.assign(locked, { order });
  return { decision, outcome: { kind: 'ordered', order, created: true }, order };
}

async function lock(client: pg.PoolClient, payments: readonly Payment[]): Promise<Map<string, LockedReservation>> {
  const ids = [...new Set(payments.map(({ reservationId }) => reservationId))].sort();
  const { rows } = await client.query<JournalRow & { currency: string }>({
    name: 'confirm-lock',
    text: `SELECT ${JOURNAL_COLUMNS}, s.currency FROM reservations r JOIN sales s ON s.id = r.sale_id
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
      order: found ? orderOf(found, row) : null,
      outcomes: new Map(of.map(({ payment_reference: reference, problem }) => [reference, problem])),
    });
  }
  return locked;
}

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
}

const OUTCOMES =
  'SELECT reservation_id, payment_reference, problem FROM payment_outcomes WHERE reservation_id = ANY($1)';
const ORDERS = `SELECT id, reservation_id, status, currency, total, payment_reference, confirmed_at
  FROM orders WHERE reservation_id = ANY($1)`;

function orderOf(found: OrderRow, row: JournalRow): Order {
  const { id, status, currency, total, payment_reference: paymentReference, confirmed_at: confirmedAt } = found;
  const { id: reservationId, sale_id: saleId, customer_id: customerId, lines } = row;
  return { id, reservationId, saleId, customerId, status, currency, total, paymentReference, confirmedAt, lines };
}

async function writeOrders(
  client: pg.PoolClient,
  orders: readonly Order[],
  locked: Map<string, LockedReservation>,
): Promise<void> {
  const ids = orders.map(({ reservationId }) => reservationId);
  await client.query({
    name: 'confirm-journal',
    text: `UPDATE reservations SET status = 'confirmed', version = version + 1, ended_at = ledger_now(), end_reason = 'confirmed'
           WHERE id = ANY($1)`,
    values: [ids],
  });
  await client.query({
    name: 'confirm-insert-orders',
    text: `INSERT INTO orders (id, reservation_id, sale_id, customer_id, currency, total, payment_reference, confirmed_at)
           SELECT t.id, r.id, r.sale_id, r.customer_id, t.currency, r.total, t.reference, t.confirmed_at
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
             AS t (id, reservation_id, currency, reference, confirmed_at)
           JOIN reservations r ON r.id = t.reservation_id`,
    values: [
      orders.map(({ id }) => id),
      ids,
      orders.map(({ currency }) => currency),
      orders.map(({ paymentReference }) => paymentReference),
      orders.map(({ confirmedAt }) => confirmedAt),
    ],
  });
  await client.query({ name: 'confirm-insert-lines', text: INSERT_LINES, values: [ids] });
  await client.query({ name: 'confirm-insert-sold', text: INSERT_SOLD, values: [ids] });
  await appendToOutbox(
    client,
    orders.map(({ saleId, reservationId, id }) => {
      const sequence = (locked.get(reservationId)?.row.version ?? 0) + 1;
      return { kind: CONFIRMED, saleId, reservationId, sequence, payload: { orderId: id } };
    }),
  );
}

const LINES = `reservations r JOIN orders o ON o.reservation_id = r.id
  CROSS JOIN LATERAL jsonb_array_elements(r.lines) WITH ORDINALITY AS line (body, line_no)
  JOIN skus k ON k.sale_id = r.sale_id AND k.ordinal = (line.body ->> 'ordinal')::int`;

const INSERT_LINES = `INSERT INTO order_lines (order_id, line_no, sku_id, quantity, unit_price, units)
  SELECT o.id, line.line_no, k.id, jsonb_array_length(line.body -> 'units'), (line.body ->> 'unitPrice')::int,
    ARRAY(SELECT unit::int FROM jsonb_array_elements_text(line.body -> 'units') AS unit)
  FROM ${LINES} WHERE r.id = ANY($1) AND jsonb_array_length(line.body -> 'units') > 0`;

const INSERT_SOLD = `INSERT INTO sold_units (sku_id, unit_no, reservation_id)
  SELECT k.id, unit::int, r.id FROM ${LINES} CROSS JOIN LATERAL jsonb_array_elements_text(line.body -> 'units') AS unit
  WHERE r.id = ANY($1) ORDER BY k.id, unit::int`;

async function writeOutcomes(
  client: pg.PoolClient,
  orders: readonly Order[],
  refused: readonly { payment: Payment; refusal: StoredRefusal }[],
): Promise<void> {
  await client.query({
    name: 'confirm-insert-outcomes',
    text: `INSERT INTO payment_outcomes (reservation_id, payment_reference, outcome, order_id, problem)
           SELECT t.id, t.reference, t.outcome::"OutcomeKind", t.order_id, t.problem::jsonb
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t (id, reference, outcome, order_id, problem)
           ORDER BY t.id, t.reference`,
    values: [
      [...orders.map((order) => order.reservationId), ...refused.map(({ payment }) => payment.reservationId)],
      [...orders.map((order) => order.paymentReference), ...refused.map(({ payment }) => payment.paymentReference)],
      [...orders.map(() => 'ordered'), ...refused.map(() => 'refused')],
      [...orders.map(({ id }) => id), ...refused.map(() => null)],
      [...orders.map(() => null), ...refused.map(({ refusal }) => JSON.stringify(refusal))],
    ],
  });
}
