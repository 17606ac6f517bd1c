import { api, queries } from '../server.js';

export type SaleCommand = 'open' | 'pause' | 'resume' | 'close';

/** Opens, pauses, resumes or closes a sale. */
export async function commandSale(saleId: string, command: SaleCommand, reason: string): Promise<void> {
  const asked = { params: { path: { saleId } }, body: { reason } };
  if (command === 'open') await api.POST('/v1/admin/sales/{saleId}/open', asked);
  if (command === 'pause') await api.POST('/v1/admin/sales/{saleId}/pause', asked);
  if (command === 'resume') await api.POST('/v1/admin/sales/{saleId}/resume', asked);
  if (command === 'close') await api.POST('/v1/admin/sales/{saleId}/close', asked);
  await queries.invalidateQueries({ queryKey: ['sales'] });
}
