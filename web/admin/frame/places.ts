/** The pages, in the order of the night. Those `ofSale` are about the sale that is chosen. */
export const PLACES = [
  { path: 'tonight', name: 'Tonight', ofSale: true },
  { path: 'holds', name: 'Held inventory', ofSale: true },
  { path: 'sale', name: 'Sale', ofSale: true },
  { path: 'orders', name: 'Orders', ofSale: true },
  { path: 'audit', name: 'Audit', ofSale: true },
  { path: 'queues', name: 'Queues and ledger', ofSale: true },
  { path: 'keys', name: 'Keys', ofSale: false },
] as const;

export type PlacePath = (typeof PLACES)[number]['path'];

export const pathTo = (place: PlacePath, saleId: string | null): string =>
  saleId === null ? `/${place}` : `/${place}/${saleId}`;
