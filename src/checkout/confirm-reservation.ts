import { Injectable } from '@nestjs/common';
import { rebuilding } from '../inventory/epochs.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import { FindReservation } from '../reservations/find-reservation.js';
import { Confirm } from './confirm.js';
import { ConfirmLate } from './confirm-late.js';
import type { Order } from './order.js';
import { notHeldPayment, type Payment, type PaymentOutcome } from './payment.js';
import { PinReservation } from './pin-reservation.js';

/** Confirms a reservation for a payment; a held one is pinned first, an expired one is held again where the sale says so. */
@Injectable()
export class ConfirmReservation {
  constructor(
    private readonly confirming: Confirm,
    private readonly late: ConfirmLate,
    private readonly pins: PinReservation,
    private readonly reservations: FindReservation,
  ) {}

  /** `created` is false for a repeat. Throws the stored refusal of the payment, or store-unavailable: then repeat. */
  async confirm(ref: ReservationRef, payment: Payment): Promise<{ order: Order; created: boolean }> {
    let outcome = await this.confirming.confirm(payment);
    if (outcome.kind === 'unknown') outcome = await this.refuseUnknown(ref, payment);
    if (outcome.kind === 'not-pinned') outcome = await this.pinAndConfirm(ref, payment);
    if (outcome.kind === 'late') outcome = await this.late.confirm(ref, payment, outcome.row);
    switch (outcome.kind) {
      case 'ordered':
        return outcome;
      case 'refused':
        throw new Problem(outcome.refusal.code, outcome.refusal.detail, outcome.refusal.extensions);
      case 'failed':
        throw outcome.error;
      case 'not-pinned':
      case 'late':
      case 'unknown':
        throw rebuilding();
    }
  }

  /** A refusal to pin is the deadline's, or a release's, that the journal may not have yet. */
  private async pinAndConfirm(ref: ReservationRef, payment: Payment): Promise<PaymentOutcome> {
    try {
      await this.pins.pin(ref);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'reservation-not-held')) throw error;
      await this.late.journalEnd(ref);
    }
    return this.confirming.confirm(payment);
  }

  /** The journal has no row: it was never held, and this payment is refused for good, whatever becomes of the request. */
  private async refuseUnknown(ref: ReservationRef, payment: Payment): Promise<PaymentOutcome> {
    const known = await this.confirming.refusalOf(payment);
    if (known) return { kind: 'refused', refusal: known };
    const status = (await this.reservations.find(ref))?.status ?? 'rejected';
    // Journalled since it was looked for.
    if (status === 'held' || status === 'checkout' || status === 'confirmed') return this.confirming.confirm(payment);
    return this.confirming.refuse(payment, notHeldPayment(status));
  }
}
