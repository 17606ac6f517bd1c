import type { Postgres } from '../platform/postgres.js';
import type { Payment, StoredRefusal } from './payment.js';

/**
 * Writes the refusal of a payment, or returns the one that was written before; the reservation may have no row. Null
 * when the payment has made an order meanwhile.
 */
export async function recordRefusal(
  postgres: Postgres,
  payment: Payment,
  refusal: StoredRefusal,
): Promise<StoredRefusal | null> {
  await postgres.query(
    `INSERT INTO payment_outcomes (reservation_id, payment_reference, outcome, problem) VALUES ($1, $2, 'refused', $3)
     ON CONFLICT DO NOTHING`,
    [payment.reservationId, payment.paymentReference, JSON.stringify(refusal)],
  );
  return findRefusal(postgres, payment);
}

/** The refusal that stands for a payment. */
export async function findRefusal(postgres: Postgres, payment: Payment): Promise<StoredRefusal | null> {
  const [row] = await postgres.query<{ problem: StoredRefusal | null }>(
    'SELECT problem FROM payment_outcomes WHERE reservation_id = $1 AND payment_reference = $2',
    [payment.reservationId, payment.paymentReference],
  );
  return row?.problem ?? null;
}
