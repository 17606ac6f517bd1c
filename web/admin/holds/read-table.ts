import { api } from '../server.js';
import type { Wanted } from './which-holds.js';

/** The holds of a sale as CSV, by those filters that the server knows: all but the search. */
export async function readTable(saleId: string, { skuId, status, within, older }: Wanted): Promise<Blob | undefined> {
  const query = {
    saleId,
    ...(skuId !== '' && { skuId }),
    ...(status !== '' && { status }),
    ...(within !== '' && { expiringWithin: Number(within) }),
    ...(older !== '' && { olderThan: Number(older) }),
  };
  return (await api.GET('/v1/admin/exports/holds.csv', { params: { query }, parseAs: 'blob' })).data;
}
