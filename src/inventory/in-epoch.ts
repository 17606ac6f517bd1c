import type pg from 'pg';
import { type Postgres, quoteLiteral } from '../platform/postgres.js';
import { beginBy, type By } from './by.js';
import type { SaleRef } from './sale-keys.js';

/** The sale has moved to another epoch: what was decided under the old one is not written. */
export class EpochOver extends Error {
  constructor(sale: SaleRef) {
    super(`${sale.id} has a newer epoch`);
    this.name = 'EpochOver';
  }
}

/** The sale's advisory lock: shared by journal writes, exclusive while a rebuild raises the epoch. */
export function saleLock(sale: SaleRef): string {
  return `hashtextextended(${quoteLiteral(sale.id)}, 0)`;
}

/** Another lock of the sale: held by whoever builds its state in Redis or takes it away. */
export function stateLock(sale: SaleRef): string {
  return `hashtextextended(${quoteLiteral(sale.id)}, 1)`;
}

/** The third: held by the one worker that audits the sale. */
export function auditLock(sale: SaleRef): string {
  return `hashtextextended(${quoteLiteral(sale.id)}, 3)`;
}

/**
 * Runs `work` in a transaction that holds the sale's shared advisory lock and has found the epoch equal, so that no
 * write of an old epoch can commit after a rebuild has begun. Lock and epoch are read in the round trip of BEGIN.
 */
export async function inEpoch<T>(
  postgres: Postgres,
  sale: SaleRef,
  epoch: number,
  work: (client: pg.PoolClient) => Promise<T>,
  by?: By,
): Promise<T> {
  const lock = `SELECT pg_advisory_xact_lock_shared(${saleLock(sale)})`;
  return postgres.transaction(
    (client, [row]) => {
      if (row?.['epoch'] !== epoch) throw new EpochOver(sale);
      return work(client);
    },
    // Each statement sees what had been committed when it began: the epoch is read under the lock.
    `${beginBy(by) ?? 'BEGIN'}; ${lock}; SELECT epoch FROM sales WHERE id = ${quoteLiteral(sale.id)}`,
  );
}
