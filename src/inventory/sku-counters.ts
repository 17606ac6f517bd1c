/** Counts of one SKU, in whole units. available + held + checkout + sold + blocked = capacity. */
export interface SkuCounts {
  readonly capacity: number;
  readonly available: number;
  readonly held: number;
  readonly checkout: number;
  readonly sold: number;
  readonly blocked: number;
}

/** The counters of a SKU as lua/fragments/stock.lua keeps them, in whole units; `cursor` is a page, no unit before it is available. */
export interface SkuCounters extends SkuCounts {
  readonly numbered: number;
  readonly cursor: number;
  readonly version: number;
}

/** Null for a text that no script writes. */
export function unpackCounters(text: string): SkuCounters | null {
  if (!/^-?\d+(?: -?\d+){8,10}$/.test(text)) return null;
  const [
    numbered = 0,
    capacity = 0,
    available = 0,
    held = 0,
    checkout = 0,
    sold = 0,
    blocked = 0,
    cursor = 0,
    ,
    version = 0,
  ] = text.split(' ').map(Number);
  return { numbered, capacity, available, held, checkout, sold, blocked, cursor, version };
}
