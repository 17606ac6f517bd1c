import { packBy } from './by.js';
import type { Ledger } from './ledger.js';
import type { ReservationRef } from './reservation-ref.js';

/** What release.lua did; `hold` and `request` are records, '' where there is none. */
export interface Released {
  readonly epoch: number;
  readonly word: 'released' | 'withdrawn' | 'checkout' | 'over' | 'unknown';
  readonly hold: string;
  readonly request: string;
}

/**
 * Gives back a hold or withdraws a queued request. A `released` must reach Postgres before it is answered; who asked and
 * why is noted in Redis until then, since another process may be the one that writes it.
 */
export async function releaseUnits(ledger: Ledger, ref: ReservationRef, reason: string | null): Promise<Released> {
  const { epoch, status, values } = await ledger.run('release', ref.sale, [ref.tail, packBy(ref.by?.actor, reason)]);
  const [hold = '', request = ''] = values;
  return { epoch, word: status as Released['word'], hold, request };
}
