import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

/** Counts the units of confirmed reservations as sold (lua/settle.lua); a repeat changes nothing. */
export async function settleHolds(
  ledger: Ledger,
  sale: SaleRef,
  confirmed: readonly { tail: string; version: number }[],
): Promise<void> {
  await ledger.run(
    'settle',
    sale,
    confirmed.flatMap(({ tail, version }) => [tail, version]),
  );
}
