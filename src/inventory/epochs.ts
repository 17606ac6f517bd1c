import { Injectable } from '@nestjs/common';
import { Problem } from '../problems.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { InventoryConnection } from './inventory-connection.js';
import { LAYOUT, newerLayout } from './layout.js';
import { RebuildRequests } from './rebuild-requests.js';
import type { SaleRef } from './sale-keys.js';

/** An epoch, and the run of Redis that it was built in. */
export interface KnownEpoch {
  readonly epoch: number;
  readonly runId: string;
}

interface EpochRow {
  readonly epoch: number;
  readonly layout: number;
  readonly redis_run_id: string | null;
  readonly retired_at: Date | null;
}

/** Which epoch each sale is in, for the Redis that is connected now; read from Postgres, dropped at the first doubt. */
@Injectable()
export class Epochs {
  private readonly known = new Map<string, KnownEpoch>();
  /** Sales in a form that is too new for us, so that the log tells of each once. */
  private readonly tooNew = new Set<string>();

  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly rebuilds: RebuildRequests,
    private readonly log: Log,
  ) {}

  /**
   * The epoch to name in a script. Throws store-unavailable while the sale waits for a rebuild, and where a newer version
   * has rebuilt it in a form that we do not know; SaleRetired if it is.
   */
  async current(sale: SaleRef): Promise<KnownEpoch> {
    const runId = this.connection.runId();
    const known = this.known.get(sale.key);
    if (known && known.runId === runId) return known;
    const [row] = await this.postgres.query<EpochRow>(
      'SELECT epoch, layout, redis_run_id, retired_at FROM sales WHERE id = $1',
      [sale.id],
    );
    if (row && row.layout > LAYOUT.newest) throw this.refuseNewer(sale);
    if (row?.retired_at) throw new SaleRetired(sale);
    if (!row || row.epoch === 0 || !runId || row.redis_run_id !== runId) {
      await this.rebuilds.ask(sale.id);
      throw rebuilding();
    }
    const found = { epoch: row.epoch, runId };
    this.known.set(sale.key, found);
    return found;
  }

  /** What whoever meets a form that is too new has to say; the log says it too, once a sale. */
  refuseNewer(sale: SaleRef): Problem {
    if (!this.tooNew.has(sale.key)) {
      this.tooNew.add(sale.key);
      this.log.root.error(
        { saleId: sale.id, newestLayout: LAYOUT.newest },
        'a newer version has rebuilt this sale in a form that this process does not know; it leaves the sale alone: upgrade this process',
      );
    }
    return newerLayout();
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
