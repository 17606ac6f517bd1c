import type { Ledger } from './ledger.js';
import { type HeldLine, packHeldLines } from './records.js';
import type { SaleRef } from './sale-keys.js';

/** A cancelled order, by its reservation: `version` after the cancellation, `heldAs` the tail its units were held under. */
export interface CancelledOrder {
  readonly tail: string;
  readonly version: number;
  readonly heldAs: string;
  readonly customerId: string;
  readonly lines: readonly HeldLine[];
}

/** Puts the units of cancelled orders back on sale (lua/restock.lua); a repeat changes nothing, settled or not. */
export async function restockUnits(ledger: Ledger, sale: SaleRef, orders: readonly CancelledOrder[]): Promise<void> {
  await ledger.run(
    'restock',
    sale,
    orders.flatMap(({ tail, version, heldAs, customerId, lines }) => [
      ...[tail, version, heldAs, customerId, packHeldLines(lines)],
    ]),
  );
}
