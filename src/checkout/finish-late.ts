import type pg from 'pg';
import { endCheckouts } from './end-checkout.js';
import { lockReservations } from './lock-reservations.js';
import { newOrder } from './new-order.js';
import { decidePayment, type LockedReservation, type Payment, type PaymentOutcome, tooLate } from './payment.js';
import { writeOrders, writeOutcomes } from './write-orders.js';

/** What Redis made of a late payment: the reservation that holds its units now, or why there is none. */
export type HeldAgain = { heldAs: string } | { refused: string };

/**
 * Gives a late payment its outcome, within the transaction of `client`: the order of what was held again, or the
 * refusal. Where another payment was decided meanwhile, what was held for this one goes back. `late`: nothing is
 * written, since the new hold has ended too; begin again.
 */
export async function finishLate(client: pg.PoolClient, payment: Payment, held: HeldAgain): Promise<PaymentOutcome> {
  const ids = [payment.reservationId, ...('heldAs' in held ? [held.heldAs] : [])];
  const locked = await lockReservations(client, ids);
  const paid = locked.get(payment.reservationId);
  const decision = decidePayment(payment, paid);
  if (paid && decision.kind === 'known' && decision.outcome.kind === 'late') {
    if ('refused' in held) return refuse(client, payment, tooLate(held.refused));
    return locked.get(held.heldAs)?.row.status === 'checkout'
      ? order(client, payment, paid, held.heldAs, locked)
      : decision.outcome;
  }
  if ('heldAs' in held) await giveBack(client, held.heldAs);
  if (decision.kind === 'refuse') return refuse(client, payment, decision.refusal);
  return decision.kind === 'known' ? decision.outcome : { kind: 'not-pinned' };
}

async function order(
  client: pg.PoolClient,
  payment: Payment,
  paid: LockedReservation,
  heldAs: string,
  locked: Map<string, LockedReservation>,
): Promise<PaymentOutcome> {
  const { rows } = await client.query<{ now: Date }>('SELECT ledger_now() AS now');
  const made = newOrder(payment, paid, rows[0]?.now ?? new Date(0), locked.get(heldAs)?.row);
  await client.query(
    `UPDATE reservations SET status = 'confirmed', version = version + 1, ended_at = ledger_now(), end_reason = 'confirmed'
     WHERE id = $1`,
    [heldAs],
  );
  await noteUnitsBefore(client, paid.row.id, heldAs);
  // What was paid for shows the units that were bought; the new reservation keeps how they were held.
  await client.query(
    `UPDATE reservations paid SET lines = held.lines FROM reservations held WHERE paid.id = $1 AND held.id = $2`,
    [paid.row.id, heldAs],
  );
  await writeOrders(client, [made], locked);
  await writeOutcomes(client, [made], []);
  return { kind: 'ordered', order: made, created: true };
}

/** The history keeps which units the reservation had before it expired: from here on the row shows those that were bought. */
async function noteUnitsBefore(client: pg.PoolClient, paid: string, heldAs: string): Promise<void> {
  await client.query(
    `SELECT set_config('holdfast.detail', jsonb_build_object('linesBefore', lines, 'heldAs', $2::text)::text, true)
     FROM reservations WHERE id = $1`,
    [paid, heldAs],
  );
}

async function refuse(
  client: pg.PoolClient,
  payment: Payment,
  refusal: ReturnType<typeof tooLate>,
): Promise<PaymentOutcome> {
  await writeOutcomes(client, [], [{ payment, refusal }]);
  return { kind: 'refused', refusal };
}

async function giveBack(client: pg.PoolClient, heldAs: string): Promise<void> {
  const due = 'SELECT id, $1::text AS reason FROM reservations WHERE id = $2 FOR UPDATE';
  await endCheckouts(client, 'released', due, ['payment-decided', heldAs]);
}
