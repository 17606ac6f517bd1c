import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export type Blocked =
  | { word: 'blocked'; epoch: number }
  | { word: 'taken'; available: number; held: number; nextExpiryAt: Date | null; units: number[] }
  | { word: 'moved' };

/** Takes named units out of sale (lua/block.lua). A `blocked` must reach Postgres before it is answered. */
export async function blockUnits(
  ledger: Ledger,
  sale: SaleRef,
  asked: { ordinal: number; version: number; units: readonly number[] },
): Promise<Blocked> {
  for (;;) {
    const { epoch, status, values } = await ledger.run('block', sale, [asked.ordinal, asked.version, ...asked.units]);
    if (status === 'reclaimed') continue;
    if (status === 'blocked') return { word: 'blocked', epoch };
    if (status === 'moved') return { word: 'moved' };
    const [available = 0, held = 0, next = 0, ...units] = values.map(Number);
    return { word: 'taken', available, held, nextExpiryAt: next > 0 ? new Date(next) : null, units };
  }
}
