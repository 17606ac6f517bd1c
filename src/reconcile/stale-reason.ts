import type { OpenEpoch } from '../inventory/write-epoch.js';
import type { ActiveSale } from '../sales/active-sales.js';

/** Why Redis cannot be what Postgres says of a sale. */
export type StaleReason = 'new-sale' | 'redis-restarted' | 'state-missing' | 'epoch-differs' | 'drift';

/** Null while the sale's state in Redis is the one that was built last; `suspect` is an epoch found wrong. */
export function staleReason(
  sale: ActiveSale,
  open: OpenEpoch | undefined,
  runId: string,
  suspect: number | undefined,
): StaleReason | null {
  if (sale.redis_run_id === null) return 'new-sale';
  if (sale.redis_run_id !== runId) return 'redis-restarted';
  if (open?.epoch !== sale.epoch) return open?.epoch ? 'epoch-differs' : 'state-missing';
  return suspect === sale.epoch ? 'drift' : null;
}
