import type { Postgres } from '../platform/postgres.js';
import type { Payment, StoredRefusal } from './payment.js';

/** Writes the refusal of a payment, or returns the one that was written before. */
export async function recordRefusal(
  postgres: Postgres,
  payment: Payment,
  refusal: StoredRefusal,
): Promise<StoredRefusal> {
  const values = [payment.reservationId, payment.paymentReference];
  await postgres.query(
    `INSERT INTO payment_outcomes (reservation_id, payment_reference, outcome, problem) VALUES ($1, $2, 'refused', $3)
     ON CONFLICT DO NOTHING`,
    [...values, JSON.stringify(refusal)],
  );
  const [row] = await postgres.query<{ problem: StoredRefusal | null }>(
    'SELECT problem FROM payment_outcomes WHERE reservation_id = $1 AND payment_reference = $2',
    values,
  );
  return row?.problem ?? refusal;
}
