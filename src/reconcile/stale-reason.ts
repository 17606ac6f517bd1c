import { LAYOUT } from '../inventory/layout.js';
import type { OpenEpoch } from '../inventory/write-epoch.js';
import type { ActiveSale } from '../sales/active-sales.js';

/** Why Redis cannot be what Postgres says of a sale, and is built anew. */
export type StaleReason = 'new-sale' | 'redis-restarted' | 'state-missing' | 'epoch-differs' | 'older-layout' | 'drift';

/**
 * Null while the sale's state in Redis is the one that was built last, in the layout that we write; `suspect` is an epoch found wrong. A Redis that
 * has a newer epoch than Postgres has seen orders that Postgres has forgotten (a restored backup, a stale replica):
 * built anew from it, their units would be sold again, so nothing is built until a person says so.
 */
export function staleReason(
  sale: ActiveSale,
  open: OpenEpoch | undefined,
  runId: string,
  suspect: number | undefined,
): StaleReason | 'postgres-older' | null {
  if ((open?.epoch ?? 0) > sale.epoch) return 'postgres-older';
  if (sale.redis_run_id === null) return 'new-sale';
  if (sale.redis_run_id !== runId) return 'redis-restarted';
  if (open?.epoch !== sale.epoch) return open?.epoch ? 'epoch-differs' : 'state-missing';
  if (sale.layout < LAYOUT.written) return 'older-layout';
  return suspect === sale.epoch ? 'drift' : null;
}
