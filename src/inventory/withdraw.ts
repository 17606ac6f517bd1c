import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** Why units cannot be taken out of sale: what there is instead. */
export interface StockShort {
  readonly available: number;
  readonly held: number;
  readonly checkout: number;
  readonly sold: number;
  readonly blocked: number;
}

export type Withdrawn =
  { word: 'withdrawn'; epoch: number; count: number } | ({ word: 'short' } & StockShort) | { word: 'moved' };

export interface Withdrawal {
  readonly ordinal: number;
  /** The stock's version that the decision was made by. */
  readonly version: number;
  /** For good, down to `number` units; or so many, until a release. */
  readonly as: 'capacity' | 'withheld';
  readonly number: number;
}

/** Takes the highest available numbers out of sale (lua/withdraw.lua). A `withdrawn` must reach Postgres before it is answered. */
export async function withdrawUnits(ledger: Ledger, sale: SaleRef, asked: Withdrawal): Promise<Withdrawn> {
  const { ordinal, version, as, number } = asked;
  for (;;) {
    const { epoch, status, values } = await ledger.run('withdraw', sale, [ordinal, version, as, number]);
    if (status === 'reclaimed') continue;
    if (status === 'moved') return { word: 'moved' };
    const [first = 0, held = 0, checkout = 0, sold = 0, blocked = 0] = values.map(Number);
    if (status === 'withdrawn') return { word: 'withdrawn', epoch, count: first };
    return { word: 'short', available: first, held, checkout, sold, blocked };
  }
}
