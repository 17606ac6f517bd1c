import { ApiProperty } from '@nestjs/swagger';
import type { SkuStock } from '../inventory/stock.js';
import { PathId } from '../platform/body-rules.js';
import { AdminSkuView } from '../sales/sale.view.js';
import { capacityOf, type SkuSupply } from './sku-supply.js';

const TARGET = 'Units that come back bring the capacity down to this; null: it is on its way nowhere';

export const SkuIdInPath = (): MethodDecorator => PathId('skuId', 'The id of a SKU', 'sku_4k2m9x0a1b3c');

/** A SKU with its stock: available + held + checkout + sold + blocked = capacity. */
export class SkuStockView extends AdminSkuView {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ type: 'integer', nullable: true, example: null, description: TARGET })
  capacityTarget!: number | null;
  @ApiProperty({ type: 'integer', example: 812 })
  available!: number;
  @ApiProperty({ type: 'integer', example: 120 })
  held!: number;
  @ApiProperty({ type: 'integer', example: 8, description: 'In a payment window' })
  checkout!: number;
  @ApiProperty({ type: 'integer', example: 60 })
  sold!: number;
  @ApiProperty({ type: 'integer', example: 0, description: 'Kept back by name, and withheld until a release' })
  blocked!: number;
  @ApiProperty({ type: 'integer', example: 0, description: 'Of the blocked ones, those that wait for a release' })
  withheld!: number;
  @ApiProperty({ example: false, description: 'True while Redis is out of reach: the counts are those of the journal' })
  stale!: boolean;
}

export class SkuStockList {
  @ApiProperty({ type: [SkuStockView] })
  items!: SkuStockView[];
}

/** `stock` is of one moment and adds up; without it, a SKU that Redis has not heard of yet: all there is, is available. */
export function toSkuStockView(sku: SkuSupply, stock: SkuStock | undefined, stale: boolean): SkuStockView {
  const { id, saleId, name, unitPrice, unitsPerCustomerMax, labelled, capacityTarget } = sku;
  const withheld = sku.withheld.length;
  const blocked = sku.blocked.length + withheld;
  const capacity = capacityOf(sku);
  const { available, held, checkout, sold, ...rest } = stock ?? {
    ...{ capacity, available: capacity - blocked, held: 0, checkout: 0, sold: 0, blocked },
  };
  return {
    ...{ id, saleId, name, unitPrice, unitsPerCustomerMax, labelled, capacity: rest.capacity, capacityTarget },
    ...{ available, held, checkout, sold, blocked: rest.blocked, withheld, stale },
  };
}
