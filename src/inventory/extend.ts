import { packBy } from './by.js';
import type { Ledger } from './ledger.js';
import type { ReservationRef } from './reservation-ref.js';

export type Extended =
  | { word: 'extended'; epoch: number; hold: string; request: string }
  | { word: 'refused'; why: string }
  | { word: 'not-held'; status: string }
  | { word: 'unknown' };

/**
 * Prolongs a hold by the sale's step, or to `until` (ms) at least, whatever the sale's limits (lua/extend.lua). An
 * `extended` must reach Postgres before it is answered; who asked and why is noted in Redis until then.
 */
export async function extendHold(
  ledger: Ledger,
  { sale, tail, by }: ReservationRef,
  until?: number,
): Promise<Extended> {
  const { epoch, status, values } = await ledger.run('extend', sale, [
    tail,
    until ?? '',
    packBy(by?.actor, by?.reason),
  ]);
  const [first = '', request = ''] = values;
  if (status === 'extended') return { word: 'extended', epoch, hold: first, request };
  if (status === 'refused') return { word: 'refused', why: first };
  if (status === 'not-held') return { word: 'not-held', status: first };
  return { word: 'unknown' };
}
