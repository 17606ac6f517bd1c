import { Injectable } from '@nestjs/common';
import { Problem } from '../problems.js';
import { Postgres } from '../platform/postgres.js';
import { InventoryConnection } from './inventory-connection.js';
import { RebuildRequests } from './rebuild-requests.js';
import type { SaleRef } from './sale-keys.js';

/** An epoch, and the run of Redis that it was built in. */
export interface KnownEpoch {
  readonly epoch: number;
  readonly runId: string;
}

/** Which epoch each sale is in, for the Redis that is connected now; read from Postgres, dropped at the first doubt. */
@Injectable()
export class Epochs {
  private readonly known = new Map<string, KnownEpoch>();

  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly rebuilds: RebuildRequests,
  ) {}

  /** The epoch to name in a script. Throws store-unavailable while the sale waits for a rebuild, SaleRetired if it is. */
  async current(sale: SaleRef): Promise<KnownEpoch> {
    const runId = this.connection.runId();
    const known = this.known.get(sale.key);
    if (known && known.runId === runId) return known;
    const [row] = await this.postgres.query<{ epoch: number; redis_run_id: string | null; retired_at: Date | null }>(
      'SELECT epoch, redis_run_id, retired_at FROM sales WHERE id = $1',
      [sale.id],
    );
    if (row?.retired_at) throw new SaleRetired(sale);
    if (!row || row.epoch === 0 || !runId || row.redis_run_id !== runId) {
      await this.rebuilds.ask(sale.id);
      throw rebuilding();
    }
    const found = { epoch: row.epoch, runId };
    this.known.set(sale.key, found);
    return found;
  }

  /** Forgets a sale's epoch: a script has refused it. */
  forget(sale: SaleRef): void {
    this.known.delete(sale.key);
  }
}

/** The sale closed so long ago that Redis has nothing of it any more: Postgres answers for it. */
export class SaleRetired extends Problem {
  constructor(sale: SaleRef) {
    const detail = `${sale.id} closed long ago and is being read back; repeat the request in a moment.`;
    super('store-unavailable', detail, { retryAfterSeconds: 1 });
    this.name = 'SaleRetired';
  }
}

/** The sale's state in Redis is missing, old or being rebuilt. */
export function rebuilding(): Problem {
  return new Problem(
    'store-unavailable',
    "The sale's state is being rebuilt; repeat the request in a moment, with the same key.",
    {
      retryAfterSeconds: 1,
    },
  );
}
