import { randomId } from '../platform/ids.js';
import type { Order } from './order.js';
import type { LockedReservation, Payment } from './payment.js';

/** The order that a payment makes of a reservation; for a late one, of the units that were held again as `held`. */
export function newOrder(
  { paymentReference }: Payment,
  { row, currency }: LockedReservation,
  confirmedAt: Date,
  held?: LockedReservation['row'],
): Order {
  const { id: reservationId, sale_id: saleId, customer_id: customerId, total } = row;
  return {
    ...{ id: randomId('ord', 20), reservationId, saleId, customerId, status: 'confirmed', currency, total },
    ...{ paymentReference, confirmedAt, cancelledAt: null, restocked: null, heldAs: held?.id ?? null },
    lines: held?.lines ?? row.lines,
  };
}
