import type { Ledger } from './ledger.js';
import { type HeldLine, packHeldLines } from './records.js';
import type { SaleRef } from './sale-keys.js';

/** What an ended reservation had, to be held again under `tail`; the fingerprint names what it is held for. */
export interface HoldAgain {
  readonly tail: string;
  readonly customerId: string;
  readonly lines: readonly HeldLine[];
  readonly fingerprint: string;
}

/** `held`: to be journalled and announced like any hold. `ended`: the id is over. `why`: a word of lua/rehold.lua. */
export type Reheld = { word: 'held' } | { word: 'ended' } | { word: 'refused'; why: string };

/** Holds the same units again if they are free, else as many others of their SKUs (lua/rehold.lua); a repeat meets the hold. */
export async function reholdUnits(ledger: Ledger, sale: SaleRef, again: HoldAgain): Promise<Reheld> {
  const { tail, customerId, lines, fingerprint } = again;
  for (;;) {
    const { status, values } = await ledger.run('rehold', sale, [tail, customerId, packHeldLines(lines), fingerprint]);
    if (status === 'reclaimed') continue;
    if (status === 'refused') return { word: 'refused', why: values[0] ?? '' };
    return { word: status === 'held' ? 'held' : 'ended' };
  }
}
