import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { parseReservationId, type ReservationRef } from '../inventory/reservation-ref.js';
import { voidHolds } from '../inventory/void.js';
import { Problem } from '../problems.js';
import { notHeld } from '../reservations/not-held.js';
import { journalled, ReleaseReservation, type ReleaseOutcome } from '../reservations/release-reservation.js';
import { ResultChannel } from '../reservations/result-channel.js';
import { FindReservation } from '../reservations/find-reservation.js';
import { EndCheckout, type EndedCheckout } from './end-checkout.js';

/** Gives a reservation's units back because someone asks: a queued request, a hold, or a checkout (a void). */
@Injectable()
export class EndReservation {
  constructor(
    private readonly releasing: ReleaseReservation,
    private readonly checkouts: EndCheckout,
    private readonly reservations: FindReservation,
    private readonly journal: Journal,
    private readonly ledger: Ledger,
    private readonly results: ResultChannel,
  ) {}

  /** A repeat is the same answer. Throws reservation-not-held for what ended otherwise, store-unavailable. */
  async end(ref: ReservationRef, reason: string | null): Promise<void> {
    const outcome = await this.release(ref, reason);
    if (outcome === 'released') return;
    if (outcome === 'over') throw notHeld((await this.reservations.find(ref))?.status ?? 'rejected');
    await crashPoint('void.write');
    const ended = await journalled(this.checkouts.release(ref.id, reason, ref.by));
    if (ended) return this.giveBack(ref, ended);
    const row = await journalled(this.journal.find(ref.id));
    if (row?.status !== 'released') throw notHeld(row?.overdue ? 'expired' : (row?.status ?? 'rejected'));
  }

  /** While Redis is away a checkout can be voided all the same: the row drives the release. */
  private async release(ref: ReservationRef, reason: string | null): Promise<ReleaseOutcome> {
    try {
      return await this.releasing.release(ref, reason);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      const row = await journalled(this.journal.find(ref.id));
      if (row?.status === 'checkout' || row?.status === 'released') return 'checkout';
      throw error;
    }
  }

  /** At once if Redis is there; if not, the relay does it from the outbox. */
  private async giveBack(ref: ReservationRef, ended: EndedCheckout): Promise<void> {
    const tail = parseReservationId(ended.id)?.tail ?? '';
    await crashPoint('void.give-back');
    await voidHolds(this.ledger, ref.sale, [{ tail, status: ended.status, version: ended.version }]).catch(
      () => undefined,
    );
    await crashPoint('void.answer');
    await this.results.publish([{ id: ref.id, kind: 'changed', record: '' }]);
  }
}
