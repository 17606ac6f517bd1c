import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { lockReservations } from './lock-reservations.js';
import { newOrder } from './new-order.js';
import type { Order } from './order.js';
import {
  decidePayment,
  type LockedReservation,
  type Payment,
  type PaymentDecision,
  type PaymentOutcome,
} from './payment.js';
import { writeOrders, writeOutcomes } from './write-orders.js';

/**
 * Decides and writes the payments of a batch within the transaction of `client`: orders, lines, sold units, outcomes,
 * the journal and the outbox, all or nothing. Rows are locked in id order and units written in (SKU, unit) order, so
 * that two batches cannot wait for each other. A unit that is sold already is a unique violation of the whole batch.
 */
export async function confirmBatch(client: pg.PoolClient, payments: readonly Payment[]): Promise<PaymentOutcome[]> {
  const locked = await lockReservations(
    client,
    payments.map(({ reservationId }) => reservationId),
  );
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
  await crashPoint('confirm.commit');
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
  const order = newOrder(payment, locked, confirmedAt);
  locked.outcomes.set(payment.paymentReference, null);
  Object.assign(locked, { order });
  return { decision, outcome: { kind: 'ordered', order, created: true }, order };
}
