import type pg from 'pg';
import { appendToOutbox } from '../events/outbox.js';
import type { Order } from './order.js';
import type { LockedReservation, Payment, StoredRefusal } from './payment.js';

/** The fact that a reservation was confirmed: its units are to be settled. */
export const CONFIRMED = 'reservation.confirmed';

export async function writeOrders(
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
    text: `INSERT INTO orders (id, reservation_id, sale_id, customer_id, currency, total, payment_reference, confirmed_at, held_as)
           SELECT t.id, r.id, r.sale_id, r.customer_id, t.currency, r.total, t.reference, t.confirmed_at, t.held_as
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
             AS t (id, reservation_id, currency, reference, confirmed_at, held_as)
           JOIN reservations r ON r.id = t.reservation_id`,
    values: [
      orders.map(({ id }) => id),
      ids,
      orders.map(({ currency }) => currency),
      orders.map(({ paymentReference }) => paymentReference),
      orders.map(({ confirmedAt }) => confirmedAt),
      orders.map(({ heldAs }) => heldAs),
    ],
  });
  await client.query({ name: 'confirm-insert-lines', text: INSERT_LINES, values: [ids] });
  await client.query({ name: 'confirm-insert-sold', text: INSERT_SOLD, values: [ids] });
  await appendToOutbox(
    client,
    orders.map(({ saleId, reservationId, id, heldAs }) => {
      const versionAfter = (of: string): number => (locked.get(of)?.row.version ?? 0) + 1;
      const late = heldAs === null ? {} : { heldAs, heldAsVersion: versionAfter(heldAs) };
      const payload = { orderId: id, ...late };
      return { kind: CONFIRMED, saleId, reservationId, sequence: versionAfter(reservationId), payload };
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

export async function writeOutcomes(
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
