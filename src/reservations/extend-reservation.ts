import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { extendHold } from '../inventory/extend.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold } from '../inventory/records.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { notHeld } from './not-held.js';
import { journalled } from './release-reservation.js';
import { ResultChannel } from './result-channel.js';

const WHY: Record<string, string> = {
  'extensions-used': 'Every extension that the sale allows has been used.',
  'age-reached': 'The hold has reached the greatest age that the sale allows.',
};

/** Prolongs a hold, by the sale's step, or as far as an operator says. */
@Injectable()
export class ExtendReservation {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly postgres: Postgres,
    private readonly results: ResultChannel,
  ) {}

  /**
   * Redis, then the journal, then the answer. With `until` (ms) at least so far, whatever the sale's limits. False when the
   * journal alone knows the reservation.
   */
  async extend(ref: ReservationRef, until?: number): Promise<boolean> {
    if (!this.postgres.isUp()) throw postgresUnavailable();
    await crashPoint('extend.prolong');
    const extended = await extendHold(this.ledger, ref, until);
    switch (extended.word) {
      case 'unknown':
        return false;
      case 'not-held':
        throw notHeld(extended.status);
      case 'refused':
        throw new Problem('extension-refused', WHY[extended.why] ?? extended.why, { reason: extended.why });
      case 'extended': {
        await crashPoint('extend.journal');
        const written = await journalled(
          this.journal.extend(ref.sale, extended.epoch, ref.tail, unpackHold(extended.hold), ref.by),
        );
        if (!written) return false;
        await crashPoint('extend.answer');
        await this.results.publish([{ id: ref.id, kind: 'changed', record: '' }]);
        return true;
      }
    }
  }
}
