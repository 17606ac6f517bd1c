import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { Ticker } from '../platform/ticker.js';
import { readSale, type SaleRow, type SkuRow } from './sale-record.js';
import { numberLabels, readSeatLabels, seatLabels, type SkuLabels } from './sku-labels.js';

const REFRESH_INTERVAL_MS = 500;
/** Sales remembered at a time; the one that was asked for longest ago is forgotten first. */
const SALES_MAX = 500;
const SALE_ID = /^sale_[a-z0-9]{10}$/;

export type CatalogSku = Omit<SkuRow, 'saleId' | 'capacity' | 'labelled' | 'removed'> & SkuLabels;

/** A sale as a process remembers it, with its SKUs by id and by ordinal; those that were removed by ordinal only. */
export interface CatalogSale extends SaleRow {
  /** performance.now() before the read that last found this to be the newest revision. */
  readAt: number;
  readonly skus: CatalogSku[];
  readonly skuById: ReadonlyMap<string, CatalogSku>;
  readonly skuByOrdinal: ReadonlyMap<number, CatalogSku>;
}

/**
 * This process's copy of the sales that it was asked for, with their SKUs and labels. A copy follows Postgres within
 * 0.5 s while Postgres answers; `readAt` tells how old it may be. It saves reads and decides nothing.
 */
@Injectable()
export class SaleCatalog implements OnModuleInit, BeforeApplicationShutdown {
  /** In the order of their last use. */
  private readonly sales = new Map<string, CatalogSale>();
  private readonly loading = new Map<string, Promise<CatalogSale | null>>();
  private readonly ticker: Ticker;

  constructor(
    private readonly postgres: Postgres,
    log: Log,
  ) {
    const logger = log.child({ part: 'sale-catalog' });
    this.ticker = new Ticker('sale-catalog', REFRESH_INTERVAL_MS, () => this.refresh(), logger);
  }

  onModuleInit(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }

  /** The sale from memory, or from Postgres at its first use; null when there is none of this id. */
  async find(saleId: string): Promise<CatalogSale | null> {
    const copy = this.sales.get(saleId);
    if (!copy) return this.load(saleId);
    this.remember(copy);
    return copy;
  }

  /** As `find`, by the key that reservation ids carry. */
  async findByKey(key: string): Promise<CatalogSale | null> {
    return this.find(`sale_${key}`);
  }

  /** The copy in memory, however old, without waiting; undefined when there is none. */
  peek(saleId: string): CatalogSale | undefined {
    return this.sales.get(saleId);
  }

  /** The sale straight from Postgres, for whoever would refuse by an old copy or has just changed it. */
  async reread(saleId: string): Promise<CatalogSale | null> {
    if (!SALE_ID.test(saleId)) return null;
    const loaded = await loadCatalogSale(this.postgres, saleId, this.sales.get(saleId));
    if (!loaded) return null;
    // A read that began earlier may end later: the newer revision stays.
    const copy = this.sales.get(saleId);
    if (copy && copy.revision > loaded.revision) return copy;
    this.remember(loaded);
    return loaded;
  }

  /** The sale by a read that begins after this call; those who call meanwhile share the next one. */
  async fresh(saleId: string): Promise<CatalogSale | null> {
    await this.loading.get(saleId);
    return this.load(saleId);
  }

  /** Rereads what changed since it was read. One small query for all sales that are remembered; returns the number reread. */
  async refresh(): Promise<number> {
    if (this.sales.size === 0) return 0;
    const askedAt = performance.now();
    const rows = await this.postgres.query<{ id: string; revision: number }>(
      'SELECT id, revision FROM sales WHERE id = ANY($1::text[])',
      [[...this.sales.keys()]],
    );
    const changed = rows.filter(({ id, revision }) => !this.confirm(id, revision, askedAt));
    for (const { id } of changed) await this.reread(id);
    return changed.length;
  }

  /** Notes that the copy is still the newest; false when it is not. */
  private confirm(saleId: string, revision: number, askedAt: number): boolean {
    const copy = this.sales.get(saleId);
    if (!copy || copy.revision > revision) return true;
    if (copy.revision < revision) return false;
    copy.readAt = Math.max(copy.readAt, askedAt);
    return true;
  }

  /** Requests that arrive together for an unknown sale share one read. */
  private load(saleId: string): Promise<CatalogSale | null> {
    const running = this.loading.get(saleId) ?? this.reread(saleId).finally(() => this.loading.delete(saleId));
    this.loading.set(saleId, running);
    return running;
  }

  private remember(sale: CatalogSale): void {
    this.sales.delete(sale.id);
    this.sales.set(sale.id, sale);
    if (this.sales.size <= SALES_MAX) return;
    const [oldest] = this.sales.keys();
    if (oldest !== undefined) this.sales.delete(oldest);
  }
}

/**
 * Reads a sale and the labels of its units, or null. Labels of a unit number never change, so those of an older copy
 * are taken over for every SKU that has been given no new numbers since.
 */
async function loadCatalogSale(
  postgres: Postgres,
  saleId: string,
  older: CatalogSale | undefined,
): Promise<CatalogSale | null> {
  const readAt = performance.now();
  const record = await readSale(postgres, saleId);
  if (!record) return null;
  const known = (row: SkuRow): CatalogSku | undefined => {
    const copy = older?.skuByOrdinal.get(row.ordinal);
    return copy?.numbered === row.numbered ? copy : undefined;
  };
  const unread = record.skus.filter((row) => row.labelled && !known(row)).map((row) => row.id);
  const seats = await readSeatLabels(postgres, unread);
  const every = record.skus.map((row) => toCatalogSku(row, known(row) ?? labelsOf(row, seats.get(row.id))));
  const removed = new Set(record.skus.filter((row) => row.removed).map((row) => row.id));
  const skus = every.filter(({ id }) => !removed.has(id));
  return {
    ...record,
    readAt,
    skus,
    skuById: new Map(skus.map((sku) => [sku.id, sku])),
    skuByOrdinal: new Map(every.map((sku) => [sku.ordinal, sku])),
  };
}

function labelsOf(row: SkuRow, seats: ReadonlyMap<string, number> | undefined): SkuLabels {
  return seats ? seatLabels(seats) : numberLabels(row.numbered);
}

function toCatalogSku(row: SkuRow, { labels, labelOf, numberOf }: SkuLabels): CatalogSku {
  const { id, ordinal, name, unitPrice, unitsPerCustomerMax, numbered } = row;
  return { id, ordinal, name, unitPrice, unitsPerCustomerMax, numbered, labels, labelOf, numberOf };
}
