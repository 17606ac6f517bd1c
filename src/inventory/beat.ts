import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** Redis's clock and then Postgres's, in ms, and whether Postgres's has leapt since the caller read it last; null: it was not read before. */
export interface ReferenceTime {
  readonly redisMs: number;
  readonly ms: number;
  readonly leapt: boolean | null;
}

export type BeatWord = 'beat' | 'redis-leapt' | 'postgres-leapt' | 'unsure' | 'late' | 'unguarded';

/** Vouches for a sale's clock (lua/beat.lua). `leapMs` is how far one clock has gone beyond the other since the last beat. */
export async function beatClock(
  ledger: Ledger,
  sale: SaleRef,
  { redisMs, ms, leapt }: ReferenceTime,
): Promise<{ word: BeatWord; leapMs: number }> {
  const known = leapt === null ? 'unknown' : leapt ? 'yes' : 'no';
  const { status, values } = await ledger.run('beat', sale, [redisMs, Math.round(ms), known]);
  return { word: status as BeatWord, leapMs: Number(values[0] ?? '0') };
}
