import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export interface EndedHold {
  readonly tail: string;
  readonly status: 'released' | 'expired';
  readonly version: number;
}

/** Gives back holds that Postgres has ended (lua/void.lua); a repeat changes nothing. */
export async function voidHolds(ledger: Ledger, sale: SaleRef, holds: readonly EndedHold[]): Promise<void> {
  await ledger.run(
    'void',
    sale,
    holds.flatMap(({ tail, status, version }) => [tail, status, version]),
  );
}
