import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export interface UndoneHold {
  readonly tail: string;
  readonly version: number;
  readonly why: 'queue-timeout' | 'row' | 'internal';
}

/** Takes back decided holds that Postgres did not take (lua/undo.lua). An epoch that is over has nothing to take back. */
export async function undoHolds(
  ledger: Ledger,
  sale: SaleRef,
  epoch: number,
  holds: readonly UndoneHold[],
): Promise<void> {
  await ledger.runInEpoch(
    'undo',
    sale,
    epoch,
    holds.flatMap(({ tail, version, why }) => [tail, version, why]),
  );
}
