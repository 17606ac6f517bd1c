import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { pinHold } from '../inventory/pin.js';
import { unpackHold } from '../inventory/records.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { notHeld } from '../reservations/not-held.js';
import { journalled } from '../reservations/release-reservation.js';
import { ResultChannel } from '../reservations/result-channel.js';

/** Pins a hold for the payment window: in Redis, so that no deadline takes it, then in Postgres, so that no loss does. */
@Injectable()
export class PinReservation {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly postgres: Postgres,
    private readonly results: ResultChannel,
  ) {}

  /** A repeat meets the same window, also while Redis is away. Throws reservation-not-held, store-unavailable. */
  async pin(ref: ReservationRef): Promise<void> {
    if (!this.postgres.isUp()) throw postgresUnavailable();
    await crashPoint('pin.pin');
    const pinned = await this.pinInRedis(ref);
    if (pinned === 'in-journal') return;
    switch (pinned.word) {
      case 'not-held':
        throw notHeld(pinned.status);
      case 'unknown':
        return this.refuseUnlessPinned(ref);
      case 'pinned': {
        await crashPoint('pin.journal');
        const written = await journalled(
          this.journal.pin(ref.sale, pinned.epoch, ref.tail, unpackHold(pinned.hold), ref.by),
        );
        if (!written) return this.refuseUnlessPinned(ref);
        await crashPoint('pin.answer');
        await this.results.publish([{ id: ref.id, kind: 'changed', record: '' }]);
      }
    }
  }

  private async pinInRedis(ref: ReservationRef): Promise<Awaited<ReturnType<typeof pinHold>> | 'in-journal'> {
    try {
      return await pinHold(this.ledger, ref.sale, ref.tail);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      const row = await journalled(this.journal.find(ref.id));
      if (row?.status === 'checkout') return 'in-journal';
      throw error;
    }
  }

  private async refuseUnlessPinned(ref: ReservationRef): Promise<void> {
    const row = await journalled(this.journal.find(ref.id));
    if (row?.status !== 'checkout') throw notHeld(row?.overdue ? 'expired' : (row?.status ?? 'rejected'));
  }
}
