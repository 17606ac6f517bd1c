import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { Log } from '../platform/logging.js';
import { Problem } from '../problems.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { saleOf, type SkuSupply } from './sku-supply.js';

/** Makes a change that Postgres has known to Redis and to this process. */
@Injectable()
export class PublishSupply {
  constructor(
    private readonly stores: ReconcileSupply,
    private readonly settings: SaleSettings,
    private readonly catalog: SaleCatalog,
    private readonly log: Log,
  ) {}

  /** Redis out of reach: the change is recorded, and the supply run or the rebuild brings it there. */
  async publish(sku: Pick<SkuSupply, 'id' | 'saleId'>): Promise<void> {
    await this.catalog.reread(sku.saleId);
    try {
      await this.stores.settle(sku.id);
      await crashPoint('stock.settings');
      await this.settings.push(saleOf(sku).id, 0);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      this.log.root.warn({ skuId: sku.id, err: error }, 'a change of stock has not reached Redis yet');
    }
  }
}
