import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Journal } from '../inventory/journal.js';
import type { JournalRow } from '../inventory/journal-row.js';
import { Ledger } from '../inventory/ledger.js';
import { reholdUnits } from '../inventory/rehold.js';
import { reservationId, type ReservationRef } from '../inventory/reservation-ref.js';
import { voidHolds } from '../inventory/void.js';
import { Problem } from '../problems.js';
import { journalled } from '../reservations/release-reservation.js';
import { ReservationIds } from '../reservations/reservation-ids.js';
import { ReserveBatchRunner } from '../reservations/reserve-batch.js';
import type { HeldAgain } from './finish-late.js';
import { PinReservation } from './pin-reservation.js';

/** Each takes a whole payment window that passes between two tries of one payment. */
const REHOLDS_MAX = 10;

/** States that nothing comes after but a new reservation. */
const OVER: ReadonlySet<unknown> = new Set(['expired', 'released', 'rejected']);

/**
 * Holds the units of an expired reservation again, as an ordinary reservation: held, journalled, announced, pinned in both
 * stores. Its id is derived from the ended one's and the payment's reference, so that a repeat meets it; when it has
 * ended itself, the next is derived from it. What is left behind half-way expires, or is pinned and voided, like any other.
 */
@Injectable()
export class ReholdLate {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly ids: ReservationIds,
    private readonly batches: ReserveBatchRunner,
    private readonly pins: PinReservation,
  ) {}

  /** Throws store-unavailable: then it may be held; repeat with the same reference. */
  async hold(ref: ReservationRef, expired: JournalRow, paymentReference: string): Promise<HeldAgain> {
    await this.giveBack(ref, expired);
    let ended = ref.tail;
    for (let tries = 0; tries < REHOLDS_MAX; tries++) {
      const tail = this.ids.tailForLate(ref.sale.key, expired.customer_id, ended, paymentReference);
      const again = { ...ref, id: reservationId(ref.sale, tail), tail };
      const held = await this.holdAs(again, expired, `${ref.id} ${paymentReference}`);
      if (held !== 'ended') return held;
      ended = tail;
    }
    return { refused: 'expired' };
  }

  private async holdAs(again: ReservationRef, expired: JournalRow, fingerprint: string): Promise<HeldAgain | 'ended'> {
    const row = await journalled(this.journal.find(again.id));
    if (row && OVER.has(row.status)) {
      await this.giveBack(again, row);
      return 'ended';
    }
    if (row && row.status !== 'held') return { heldAs: again.id };
    const { customer_id: customerId, lines } = expired;
    const asked = { tail: again.tail, customerId, lines, fingerprint };
    await crashPoint('late.rehold');
    const reheld = await reholdUnits(this.ledger, again.sale, asked);
    if (reheld.word === 'refused') return { refused: reheld.why };
    if (reheld.word === 'ended') return 'ended';
    await journalled(this.batches.run(again.sale, [again.tail]));
    return this.pin(again);
  }

  /** What Postgres has ended may not be back in Redis yet, and would stand in the way of what follows it. */
  private async giveBack({ sale, tail }: ReservationRef, { status, version }: JournalRow): Promise<void> {
    await crashPoint('late.give-back');
    await voidHolds(this.ledger, sale, [{ tail, status: status === 'released' ? status : 'expired', version }]);
  }

  private async pin(again: ReservationRef): Promise<HeldAgain | 'ended'> {
    try {
      await this.pins.pin(again);
      return { heldAs: again.id };
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'reservation-not-held')) throw error;
      return OVER.has(error.extensions['reservationStatus']) ? 'ended' : { heldAs: again.id };
    }
  }
}
