import { Injectable } from '@nestjs/common';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import { FindReservation } from '../reservations/find-reservation.js';
import { notHeld } from '../reservations/not-held.js';
import { Confirm } from './confirm.js';
import type { Order } from './order.js';
import type { Payment, PaymentOutcome } from './payment.js';
import { PinReservation } from './pin-reservation.js';

/** Confirms a reservation for a payment; a held one is pinned first. */
@Injectable()
export class ConfirmReservation {
  constructor(
    private readonly confirming: Confirm,
    private readonly pins: PinReservation,
    private readonly reservations: FindReservation,
  ) {}

  /** `created` is false for a repeat. Throws the stored refusal of the payment, reservation-not-held, store-unavailable. */
  async confirm(ref: ReservationRef, payment: Payment): Promise<{ order: Order; created: boolean }> {
    let outcome = await this.confirming.confirm(payment);
    if (outcome.kind === 'not-pinned') outcome = await this.pinAndConfirm(ref, payment);
    switch (outcome.kind) {
      case 'ordered':
        return outcome;
      case 'refused':
        throw new Problem(outcome.refusal.code, outcome.refusal.detail, outcome.refusal.extensions);
      case 'not-pinned':
        throw notHeld('held');
      case 'failed':
        throw outcome.error;
      case 'unknown':
        throw notHeld((await this.reservations.find(ref))?.status ?? 'rejected');
    }
  }

  private async pinAndConfirm(ref: ReservationRef, payment: Payment): Promise<PaymentOutcome> {
    const late = await this.pinOrLate(ref);
    const outcome = await this.confirming.confirm(payment);
    return late && outcome.kind === 'not-pinned' ? this.confirming.refuseLate(payment) : outcome;
  }

  /** True when the deadline won. */
  private async pinOrLate(ref: ReservationRef): Promise<boolean> {
    try {
      await this.pins.pin(ref);
      return false;
    } catch (error) {
      if (error instanceof Problem && error.code === 'reservation-not-held') return true;
      throw error;
    }
  }
}
