import { Injectable } from '@nestjs/common';
import { Stock } from '../inventory/stock.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { readJournalledStock } from '../sales/journalled-stock.js';
import { isLive, readSkuSupply, saleOf } from './sku-supply.js';
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
    const ofThis = ({ ordinal }: { ordinal: number }): boolean => ordinal === sku.ordinal;
    if (!isLive(sku)) return toSkuStockView(sku, undefined, false);
    try {
      return toSkuStockView(sku, (await this.stock.read(saleOf(sku))).find(ofThis), false);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      const journalled = await readJournalledStock(this.postgres, sku.saleId);
      return toSkuStockView(sku, journalled.find(ofThis), true);
    }
  }
}
