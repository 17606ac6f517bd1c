import { Injectable } from '@nestjs/common';
import { type SkuStock, Stock } from '../inventory/stock.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { readJournalledStock } from '../sales/journalled-stock.js';
import { isLive, readSaleSupply, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { type SkuStockView, toSkuStockView } from './sku.view.js';

/** A SKU as an operator sees it: what it is, and what there is of it now. */
@Injectable()
export class ReadSku {
  constructor(
    private readonly postgres: Postgres,
    private readonly stock: Stock,
  ) {}

  /** Exact counts; while Redis is out of reach those of the journal, marked `stale`. Throws sku-not-found. */
  async read(skuId: string): Promise<SkuStockView> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    const [view] = await this.withStock(sku, [sku]);
    if (!view) throw new Error(`SKU ${skuId} has no view`);
    return view;
  }

  /** The SKUs of a sale, in its order, of one moment. Throws sale-not-found. */
  async ofSale(saleId: string): Promise<SkuStockView[]> {
    const skus = await readSaleSupply(this.postgres.pool, saleId);
    // A sale always has a SKU, so a sale without one is none.
    const [first] = skus;
    if (!first) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
    return this.withStock(first, skus);
  }

  private async withStock(of: SkuSupply, skus: readonly SkuSupply[]): Promise<SkuStockView[]> {
    const views = (stock: readonly SkuStock[], stale: boolean): SkuStockView[] => {
      const byOrdinal = new Map(stock.map((counts) => [counts.ordinal, counts]));
      return skus.map((sku) => toSkuStockView(sku, byOrdinal.get(sku.ordinal), stale));
    };
    if (!isLive(of)) return views([], false);
    try {
      return views(await this.stock.read(saleOf(of)), false);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      return views(await readJournalledStock(this.postgres, of.saleId), true);
    }
  }
}
