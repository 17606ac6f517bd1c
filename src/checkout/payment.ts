import type { By } from '../inventory/by.js';
import type { JournalRow } from '../inventory/journal-row.js';
import type { Order } from './order.js';

/** A payment that a storefront has seen, to be turned into an order or refused. Amounts are minor units. */
export interface Payment {
  readonly reservationId: string;
  readonly paymentReference: string;
  readonly amount: number | null;
  readonly currency: string | null;
  /** Who has seen the money, for the history. */
  readonly by?: By | undefined;
}

/** A refusal as it is stored with the payment: the same answer for every repeat. */
export interface StoredRefusal {
  readonly code: 'reservation-not-held' | 'already-confirmed' | 'amount-mismatch' | 'payment-late-rejected';
  readonly detail: string;
  readonly extensions: Record<string, unknown>;
}

/**
 * ordered: `created` tells a new order from a repeat. refused: final for this reference. not-pinned: the hold stands and
 * must be pinned first, which Redis's clock decides. late: it has expired, and the sale holds its units again if it can.
 * unknown: the journal has no such reservation. failed: a store was in the way; the outcome is unknown.
 */
export type PaymentOutcome =
  | { kind: 'ordered'; order: Order; created: boolean }
  | { kind: 'refused'; refusal: StoredRefusal }
  | { kind: 'not-pinned' }
  | { kind: 'late'; row: JournalRow }
  | { kind: 'unknown' }
  | { kind: 'failed'; error: unknown };

/** A journal row, locked, with what is known of its payments. */
export interface LockedReservation {
  readonly row: JournalRow;
  readonly currency: string;
  /** What the sale says; a closed one holds nothing again, and needs no Redis to say so. */
  readonly latePayment: 'rehold' | 'refuse' | 'closed';
  readonly order: Order | null;
  /** By payment reference: null for the one that was ordered. */
  readonly outcomes: Map<string, StoredRefusal | null>;
}

/** What is to become of a payment on a locked reservation; `order` and `refuse` are still to be written. */
export type PaymentDecision =
  { kind: 'known'; outcome: PaymentOutcome } | { kind: 'order' } | { kind: 'refuse'; refusal: StoredRefusal };

/** Decides in the order of the problem table. Reads only; the caller holds the row's lock. */
export function decidePayment(payment: Payment, locked: LockedReservation | undefined): PaymentDecision {
  if (!locked) return { kind: 'known', outcome: { kind: 'unknown' } };
  const { row, order, outcomes, currency, latePayment } = locked;
  const stored = outcomes.get(payment.paymentReference);
  if (stored) return { kind: 'known', outcome: { kind: 'refused', refusal: stored } };
  if (stored === null && order) return { kind: 'known', outcome: { kind: 'ordered', order, created: false } };
  if (order) return { kind: 'refuse', refusal: alreadyConfirmed(order) };
  if (!amountMatches(payment, row.total, currency)) return { kind: 'refuse', refusal: mismatch(row.total, currency) };
  if (row.status === 'checkout') return { kind: 'order' };
  if (row.status === 'held') return { kind: 'known', outcome: { kind: 'not-pinned' } };
  // Whoever gave the units back did not want them any more; only time takes what somebody was paying for.
  if (row.status === 'expired' && latePayment === 'rehold') return { kind: 'known', outcome: { kind: 'late', row } };
  const isClosed = row.status === 'expired' && latePayment === 'closed';
  return { kind: 'refuse', refusal: tooLate(isClosed ? 'sale-closed' : row.status) };
}

function amountMatches({ amount, currency }: Payment, total: number, of: string): boolean {
  return (amount === null || amount === total) && (currency === null || currency === of);
}

function alreadyConfirmed({ id, paymentReference }: Order): StoredRefusal {
  const detail = 'Another payment has confirmed this reservation; refund this one.';
  return { code: 'already-confirmed', detail, extensions: { orderId: id, paymentReference } };
}

function mismatch(amount: number, currency: string): StoredRefusal {
  const detail =
    'The amount paid is not the total of the reservation; refund it, and pay the total under a new reference.';
  return { code: 'amount-mismatch', detail, extensions: { expected: { amount, currency } } };
}

/** Why units of a late payment could not be held again: words of lua/rehold.lua. */
const NOT_REHELD: Record<string, string> = {
  'sale-closed': 'the sale is closed',
  'sale-not-open': 'the sale is not open',
  'customer-limit-reached': 'the customer has reached the limit meanwhile',
  'units-unavailable': 'not enough units are available',
  'sold-out': 'no unit is left',
  'unit-sold': 'a unit belongs to another order',
};

/** `reason`: how the reservation ended, or why its units could not be held again. */
export function tooLate(reason: string): StoredRefusal {
  const why = NOT_REHELD[reason];
  const detail = why
    ? `The reservation had expired when the payment came, and ${why}; refund it.`
    : `The reservation was ${reason} when the payment came; refund it.`;
  return { code: 'payment-late-rejected', detail, extensions: { reason } };
}

/** A payment for what was never held, or not yet: final for its reference, so that it is refunded once. */
export function notHeldPayment(reservationStatus: string): StoredRefusal {
  const detail = `The reservation was ${reservationStatus}, not held, when the payment came; refund it.`;
  return { code: 'reservation-not-held', detail, extensions: { reservationStatus } };
}

/** The last fence held: somebody else owns a unit. Not reachable while the protocol holds; the payer is refunded. */
export function unitsGone(): StoredRefusal {
  return {
    code: 'payment-late-rejected',
    detail: 'A unit of the reservation belongs to another order; refund the payment.',
    extensions: { reason: 'unit-sold' },
  };
}
