import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export type Pinned =
  | { word: 'pinned'; epoch: number; hold: string; request: string }
  | { word: 'not-held'; status: string }
  | { word: 'unknown' };

/** Pins a hold for the payment window (lua/pin.lua). A `pinned` must reach Postgres before it is answered. */
export async function pinHold(ledger: Ledger, sale: SaleRef, tail: string): Promise<Pinned> {
  const { epoch, status, values } = await ledger.run('pin', sale, [tail]);
  const [first = '', request = ''] = values;
  if (status === 'pinned') return { word: 'pinned', epoch, hold: first, request };
  if (status === 'not-held') return { word: 'not-held', status: first };
  return { word: 'unknown' };
}
