import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** A reservation's records as they are at `now` (Redis's clock, ms); '' where there is none. */
export interface ViewedRecords {
  readonly now: number;
  readonly request: string;
  readonly hold: string;
}

/** Reads the records of reservations of one sale at one moment (lua/view.lua). */
export async function viewRecords(ledger: Ledger, sale: SaleRef, tails: readonly string[]): Promise<ViewedRecords[]> {
  const { values } = await ledger.run('view', sale, [...tails]);
  const now = Number(values[0]);
  return tails.map((_, i) => ({ now, request: values[1 + i * 2] ?? '', hold: values[2 + i * 2] ?? '' }));
}
