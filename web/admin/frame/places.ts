/** The pages, in the order of the night. Each keeps the sale that is chosen, also where it is about none. */
export const PLACES = [
  { path: 'tonight', name: 'Tonight' },
  { path: 'holds', name: 'Held inventory' },
  { path: 'sale', name: 'Sale' },
  { path: 'orders', name: 'Orders' },
  { path: 'audit', name: 'Audit' },
  { path: 'queues', name: 'Queues and ledger' },
  { path: 'keys', name: 'Keys' },
] as const;

export type PlacePath = (typeof PLACES)[number]['path'];

export const pathTo = (place: PlacePath, saleId: string | null): string =>
  saleId === null ? `/${place}` : `/${place}/${saleId}`;
