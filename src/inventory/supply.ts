import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';
import { pagesOf } from './unit-pages.js';

/** A megabyte of Redis's time at once would keep buyers waiting: 65,536 units a call. */
const PAGES_PER_CALL = 256;

/** What Postgres has of a SKU, of one moment. */
export interface Supply {
  readonly ordinal: number;
  readonly version: number;
  readonly unitsPerCustomerMax: number | null;
  /** The capacity that it is on its way down to. */
  readonly capacityTarget: number | null;
  /** One character a unit, from unit 1: 1 in sale, b blocked or withheld, - withdrawn. */
  readonly units: string;
}

/** Brings a SKU in Redis to what Postgres has (lua/supply.lua); a repeat, and a version that is old by now, change nothing. */
export async function supplySku(ledger: Ledger, sale: SaleRef, supply: Supply): Promise<void> {
  const { ordinal, version, unitsPerCustomerMax, capacityTarget } = supply;
  const pages = [...pagesOf(supply.units)].map(([, text]) => text);
  for (let from = 0; from === 0 || from < pages.length; from += PAGES_PER_CALL) {
    const last = from + PAGES_PER_CALL >= pages.length ? 1 : 0;
    const fixed = [ordinal, version, unitsPerCustomerMax ?? 0, capacityTarget ?? '', from, last];
    const { status } = await ledger.run('supply', sale, [...fixed, ...pages.slice(from, from + PAGES_PER_CALL)]);
    if (status === 'older') return;
  }
}
