/** A sale as the ledger needs it: its id for Postgres, its key for Redis. */
export interface SaleRef {
  readonly id: string;
  readonly key: string;
}

/** The keys of every script, in the order of lua/fragments/sale.lua; the loader compares both at start. */
export const SALE_KEYS = [
  'meta',
  'clock',
  'requests',
  'queued',
  'customer-requests',
  'holds',
  'due',
  'pins',
  'stock',
  'units',
  'customer-units',
  'ended',
  'restocked',
  'withdrawn',
] as const;

type SaleKeyName = (typeof SALE_KEYS)[number];

/** These live and die with an epoch; the rest outlives it. */
const OF_EPOCH: ReadonlySet<SaleKeyName> = new Set([
  'holds',
  'due',
  'pins',
  'stock',
  'units',
  'customer-units',
  'ended',
  'restocked',
  'withdrawn',
]);

/** One key. All keys of a sale share the hash tag `{sale key}`, so a script stays on one slot of a cluster. */
export function saleKey(prefix: string, key: string, epoch: number, name: SaleKeyName): string {
  return OF_EPOCH.has(name) ? `${prefix}:{${key}}:${epoch}:${name}` : `${prefix}:{${key}}:${name}`;
}

/** The KEYS of a script call. */
export function saleKeys(prefix: string, key: string, epoch: number): string[] {
  return SALE_KEYS.map((name) => saleKey(prefix, key, epoch, name));
}

/** What a rebuild leaves behind of the epoch before. */
export function keysOfEpoch(prefix: string, key: string, epoch: number): string[] {
  return [...OF_EPOCH].map((name) => saleKey(prefix, key, epoch, name));
}

/** What outlives the epochs of a sale. The clock's offset is not the sale's: a test sets it. */
export function keysOutsideEpochs(prefix: string, key: string): string[] {
  return SALE_KEYS.filter((name) => !OF_EPOCH.has(name) && name !== 'clock').map((name) =>
    saleKey(prefix, key, 0, name),
  );
}
