import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { forgetRequests } from '../inventory/forget.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { Ledger } from '../inventory/ledger.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';

/** Records in one script call: about 1 ms of Redis. A pause as long follows, so that buyers are not kept waiting. */
const RECORDS_PER_PAGE = 500;
/** 200,000 records a run; the next run goes on where this one stopped. */
const PAGES_PER_RUN = 400;
const MS_PER_HOUR = 3_600_000;

// Raising the revision tells every process within 0.5 s that the journal must be asked for repeated keys from now on.
const MARK = `UPDATE sales SET forgets_since = ledger_now(), revision = revision + 1
  WHERE forgets_since IS NULL AND retired_at IS NULL AND status <> 'draft' AND epoch > 0
    AND coalesce(opened_at, rebuilt_at) <= ledger_now() - make_interval(hours => $1)`;

/** A sale that the connected Redis does not have is not read back for what is to be forgotten in it. */
const FORGETFUL = `SELECT id, key FROM sales
  WHERE forgets_since <= ledger_now() - interval '10 seconds' AND retired_at IS NULL AND redis_run_id = $1 ORDER BY id`;

/** Removes records of requests from Redis that are over and older than the policy keeps them. */
@Injectable()
export class ForgetRequests {
  /** Where the last run stopped in each sale. Another process that begins anew only looks at some records twice. */
  private readonly cursors = new Map<string, string>();

  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly ledger: Ledger,
    private readonly config: Config,
  ) {}

  /** One bounded run over all sales; returns how many records it removed. Without Redis there is nothing to forget. */
  async runOnce(pagesMax = PAGES_PER_RUN, perPage = RECORDS_PER_PAGE): Promise<number> {
    const runId = this.connection.runId();
    if (!runId) return 0;
    await crashPoint('forget.mark');
    await this.postgres.query(MARK, [this.config.requestRetentionHours]);
    const sales = await this.postgres.query<SaleRef & Record<string, string>>(FORGETFUL, [runId]);
    this.dropCursors(sales);
    let [pages, forgotten] = [pagesMax, 0];
    for (const sale of this.inTurn(sales)) {
      const done = await this.forgetIn(sale, pages, perPage);
      [pages, forgotten] = [pages - done.pages, forgotten + done.forgotten];
      if (pages <= 0) break;
    }
    return forgotten;
  }

  /** A sale that the last run stopped in comes first. */
  private inTurn(sales: readonly SaleRef[]): SaleRef[] {
    const begun = (sale: SaleRef): number => (this.cursors.has(sale.key) ? 0 : 1);
    return [...sales].sort((a, b) => begun(a) - begun(b));
  }

  private dropCursors(sales: readonly SaleRef[]): void {
    const present = new Set(sales.map(({ key }) => key));
    for (const key of this.cursors.keys()) if (!present.has(key)) this.cursors.delete(key);
  }

  private async forgetIn(
    sale: SaleRef,
    pagesMax: number,
    perPage: number,
  ): Promise<{ pages: number; forgotten: number }> {
    const ageMs = this.config.requestRetentionHours * MS_PER_HOUR;
    let [pages, forgotten] = [0, 0];
    let cursor = this.cursors.get(sale.key) ?? '0';
    try {
      do {
        const began = performance.now();
        await crashPoint('forget.records');
        const page = await forgetRequests(this.ledger, sale, cursor, ageMs, perPage);
        [pages, forgotten, cursor] = [pages + 1, forgotten + page.forgotten, page.cursor];
        const pauseMs = performance.now() - began;
        if (cursor !== '0') await new Promise((resolve) => setTimeout(resolve, pauseMs));
      } while (cursor !== '0' && pages < pagesMax);
    } catch (error) {
      // A sale whose state is out of reach is left for the next run.
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
    }
    if (cursor === '0') this.cursors.delete(sale.key);
    else this.cursors.set(sale.key, cursor);
    return { pages, forgotten };
  }
}
