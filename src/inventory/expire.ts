import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export interface ExpiredHolds {
  readonly tails: string[];
  readonly units: number;
  /** How long after its deadline each was given back, by Redis's clock. */
  readonly lateMs: number[];
}

/** Gives back at most `limit` holds whose deadline has passed (lua/expire.lua). */
export async function expireHolds(ledger: Ledger, sale: SaleRef, limit: number): Promise<ExpiredHolds> {
  const { values } = await ledger.run('expire', sale, [limit]);
  const [units, now, ...holds] = values;
  const expired: ExpiredHolds = { tails: [], units: Number(units), lateMs: [] };
  for (let i = 0; i < holds.length; i += 2) {
    expired.tails.push(holds[i] ?? '');
    expired.lateMs.push(Number(now) - Number(holds[i + 1]));
  }
  return expired;
}

export interface OverdueRequests {
  readonly rejected: string[];
  /** Decided, but the job that would have journalled them is gone: to be queued again. */
  readonly stranded: string[];
}

/** Ends at most `limit` requests that waited longer than the sale's queue timeout (lua/overdue.lua). */
export async function rejectOverdue(ledger: Ledger, sale: SaleRef, limit: number): Promise<OverdueRequests> {
  const { values } = await ledger.run('overdue', sale, [limit]);
  const found: OverdueRequests = { rejected: [], stranded: [] };
  for (let i = 0; i < values.length; i += 2) {
    const list = values[i] === 'stranded' ? found.stranded : found.rejected;
    list.push(values[i + 1] ?? '');
  }
  return found;
}
