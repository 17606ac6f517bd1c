import { Injectable } from '@nestjs/common';
import { type SkuStock, Stock } from '../inventory/stock.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { UndecidedRequests } from '../inventory/undecided-requests.js';
import { Metrics } from '../platform/metrics.js';
import { Postgres } from '../platform/postgres.js';

/** Each sale is one script call a scrape, and each SKU five series. */
const SALES_MAX = 50;
const SKUS_MAX = 500;

interface MeasuredSale extends SaleRef {
  readonly slug: string;
  /** By ordinal. */
  readonly skuIds: Record<string, string>;
}

/** Sales that sell come first: of too many the ones that matter are measured. */
const MEASURED = `SELECT s.id, s.key, s.slug, json_object_agg(k.ordinal, k.id) AS "skuIds"
  FROM sales s JOIN skus k ON k.sale_id = s.id
  WHERE s.status IN ('open', 'paused', 'scheduled') OR (s.status = 'closed' AND s.closed_at > ledger_now() - interval '1 day')
  GROUP BY s.id ORDER BY s.status = 'open' DESC, s.status = 'paused' DESC, s.opened_at DESC NULLS LAST, s.id LIMIT $1`;

const STATES = ['available', 'held', 'checkout', 'sold', 'blocked'] as const;

/** Units by state a SKU and undecided requests a sale, read from the ledger when somebody scrapes. */
@Injectable()
export class StockMetrics {
  private readonly units;
  private readonly undecided;
  private readonly measured;

  constructor(
    private readonly postgres: Postgres,
    private readonly stock: Stock,
    private readonly requests: UndecidedRequests,
    metrics: Metrics,
  ) {
    this.units = metrics.gauge(
      'holdfast_units',
      `Units by state of each SKU, of the ${SALES_MAX} sales that matter most and ${SKUS_MAX} SKUs; their sum is the capacity.`,
      ['sale', 'slug', 'sku', 'state'],
    );
    this.undecided = metrics.gauge('holdfast_undecided_requests', 'Requests that are queued and not decided yet.', [
      'sale',
      'slug',
    ]);
    this.measured = metrics.gauge('holdfast_measured_sales', 'Sales whose units are measured.');
    metrics.readAtScrape(
      'stock',
      () => this.read(),
      () => this.forget(),
    );
  }

  private async read(): Promise<void> {
    const sales = await this.postgres.query<MeasuredSale>(MEASURED, [SALES_MAX]);
    const [counts, undecided] = await Promise.all([this.countsOf(sales), this.requests.count(sales)]);
    this.forget();
    this.measured.set(sales.length);
    let skus = 0;
    for (const [i, { id: sale, slug, skuIds }] of sales.entries()) {
      this.undecided.set({ sale, slug }, undecided[i] ?? 0);
      for (const sku of counts[i] ?? []) {
        if (skus++ === SKUS_MAX) return;
        for (const state of STATES)
          this.units.set({ sale, slug, sku: skuIds[sku.ordinal] ?? String(sku.ordinal), state }, sku[state]);
      }
    }
  }

  /** A sale that is being rebuilt is left out; the others are there. With none of them, the source is down. */
  private async countsOf(sales: readonly MeasuredSale[]): Promise<SkuStock[][]> {
    const read = await Promise.allSettled(sales.map((sale) => this.stock.read(sale)));
    const failed = read.find((each) => each.status === 'rejected');
    if (failed && read.every(({ status }) => status === 'rejected')) throw failed.reason;
    return read.map((each) => (each.status === 'fulfilled' ? each.value : []));
  }

  private forget(): void {
    this.units.reset();
    this.undecided.reset();
    this.measured.reset();
  }
}
