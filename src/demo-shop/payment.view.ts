/** What a pretended card does. */
export const CARDS = ['succeeds', 'fails', 'slow', 'late'] as const;
export type Card = (typeof CARDS)[number];

/**
 * processing: nobody knows yet. declined: no money moved, another card may be tried while the window is open. refused:
 * the units were gone before anything was charged. ordered: paid, and there is an order. refunded: paid, but too late;
 * the money is on its way back. unknown: the service did not answer for so long that somebody must look.
 */
export type PaymentStatus = 'processing' | 'declined' | 'refused' | 'ordered' | 'refunded' | 'unknown';

export interface PaymentView {
  readonly reference: string;
  readonly reservationId: string;
  readonly card: Card;
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly orderId: string | null;
  /** Why it was refused or refunded, as the API said it. */
  readonly problem: Readonly<Record<string, unknown>> | null;
}

export interface PaymentList {
  /** The newest first. */
  readonly items: readonly PaymentView[];
}
