import type { JournalRow } from '../../src/inventory/journal-row.js';
import type { Order } from '../../src/checkout/order.js';
import { decidePayment, type LockedReservation, type Payment, type StoredRefusal } from '../../src/checkout/payment.js';

const payment: Payment = { reservationId: 'rsv_1', paymentReference: 'pay_1', amount: null, currency: null };
const order = { id: 'ord_1', paymentReference: 'pay_0' } as Order;
const [LATE, MISMATCH] = ['payment-late-rejected', 'amount-mismatch'];
const refusal: StoredRefusal = { code: 'amount-mismatch', detail: '', extensions: {} };

function locked(
  status: JournalRow['status'],
  more: Partial<LockedReservation> = {},
  overdue = false,
): LockedReservation {
  const row = { id: 'rsv_1', status, overdue, total: 9000 } as JournalRow;
  return { row, currency: 'EUR', latePayment: 'refuse', order: null, outcomes: new Map(), ...more };
}

/** The decision in one word, or the code of the refusal. */
function decided(of: LockedReservation | undefined, paid: Partial<Payment> = {}): string {
  const decision = decidePayment({ ...payment, ...paid }, of);
  if (decision.kind === 'refuse') return decision.refusal.code;
  if (decision.kind === 'order') return 'order';
  return decision.outcome.kind === 'refused' ? `again ${decision.outcome.refusal.code}` : decision.outcome.kind;
}

describe('a payment', () => {
  it.each<[string, LockedReservation | undefined, Partial<Payment>, string]>([
    ['of no reservation', undefined, {}, 'unknown'],
    ['of a checkout', locked('checkout'), {}, 'order'],
    ['of a checkout, with the right amount', locked('checkout'), { amount: 9000, currency: 'EUR' }, 'order'],
    ['of a checkout, with another amount', locked('checkout'), { amount: 8999 }, 'amount-mismatch'],
    ['of a checkout, in another currency', locked('checkout'), { amount: 9000, currency: 'USD' }, 'amount-mismatch'],
    ['of a hold', locked('held'), {}, 'not-pinned'],
    [
      'of a hold whose deadline passed by the clock of Postgres, which does not decide it',
      locked('held', {}, true),
      {},
      'not-pinned',
    ],
    ['of a released one', locked('released'), {}, 'payment-late-rejected'],
    ['of an expired one', locked('expired'), {}, 'payment-late-rejected'],
    ['of an expired one, where the sale holds again', locked('expired', { latePayment: 'rehold' }), {}, 'late'],
    ['of an expired one, where the sale is closed', locked('expired', { latePayment: 'closed' }), {}, LATE],
    ['of a released one, where the sale holds again', locked('released', { latePayment: 'rehold' }), {}, LATE],
    ['of an expired one, with another amount', locked('expired', { latePayment: 'rehold' }), { amount: 1 }, MISMATCH],
    ['of a hold, with another amount, which pins nothing', locked('held'), { amount: 1 }, MISMATCH],
    ['that ordered before', locked('confirmed', { order, outcomes: new Map([['pay_1', null]]) }), {}, 'ordered'],
    [
      'after another ordered',
      locked('confirmed', { order, outcomes: new Map([['pay_0', null]]) }),
      {},
      'already-confirmed',
    ],
    [
      'that was refused before, whatever came later',
      locked('confirmed', { order, outcomes: new Map([['pay_1', refusal]]) }),
      {},
      'again amount-mismatch',
    ],
  ])('%s', (_name, of, paid, word) => {
    expect(decided(of, paid)).toBe(word);
  });
});
