import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** What release.lua did; `hold` and `request` are records, '' where there is none. */
export interface Released {
  readonly epoch: number;
  readonly word: 'released' | 'withdrawn' | 'checkout' | 'over' | 'unknown';
  readonly hold: string;
  readonly request: string;
}

/** Gives back a hold or withdraws a queued request. A `released` must reach Postgres before it is answered. */
export async function releaseUnits(ledger: Ledger, sale: SaleRef, tail: string): Promise<Released> {
  const { epoch, status, values } = await ledger.run('release', sale, [tail]);
  const [hold = '', request = ''] = values;
  return { epoch, word: status as Released['word'], hold, request };
}
