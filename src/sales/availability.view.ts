import { ApiProperty } from '@nestjs/swagger';
import { SaleStatus } from '../generated/prisma/enums.js';
import type { SkuStock } from '../inventory/stock.js';
import type { CatalogSale } from './sale-catalog.js';

/** `all_held`: none to be had now, some may come back. `sold_out`: none will, short of a cancellation. */
export const STOCK_STATES = ['available', 'all_held', 'sold_out'] as const;
export type StockState = (typeof STOCK_STATES)[number];

const NEXT_EXPIRY = 'When the next hold runs out, if it is not paid by then; null: none does';

const STALE =
  'True while a store is out of reach: without Redis the counts are those of the journal, without Postgres the status and ' +
  'the SKUs are those known last';

/** The counts of one SKU: available + held + checkout + sold + blocked = capacity. */
export class SkuAvailability {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;
  @ApiProperty({ type: String, enum: STOCK_STATES, example: 'available' })
  state!: StockState;
  @ApiProperty({ type: 'integer', minimum: 0, example: 1000 })
  capacity!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 812 })
  available!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 120 })
  held!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 8, description: 'In a payment window' })
  checkout!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 60 })
  sold!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Kept back by an operator' })
  blocked!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null, description: NEXT_EXPIRY })
  nextExpiryAt!: string | null;
}

export class SaleAvailability {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ type: String, enum: Object.values(SaleStatus), example: 'open' })
  status!: SaleStatus;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:01.250Z', description: 'When the counts were true' })
  asOf!: string;
  @ApiProperty({ example: false, description: STALE })
  stale!: boolean;
  @ApiProperty({ type: [SkuAvailability] })
  skus!: SkuAvailability[];
}

/** Counts of SKUs as the answer shows them, in the order of the sale. */
export function toSkuAvailabilities(sale: CatalogSale, stock: readonly SkuStock[]): SkuAvailability[] {
  return stock.flatMap(({ ordinal, nextExpiryAt, ...counts }) => {
    const sku = sale.skuByOrdinal.get(ordinal);
    if (!sku || !sale.skuById.has(sku.id)) return [];
    const { capacity, available, held, checkout, sold, blocked } = counts;
    return [
      {
        ...{ skuId: sku.id, state: stateOf(counts), capacity, available, held, checkout, sold, blocked },
        nextExpiryAt: nextExpiryAt?.toISOString() ?? null,
      },
    ];
  });
}

function stateOf({ available, held, checkout }: Pick<SkuStock, 'available' | 'held' | 'checkout'>): StockState {
  if (available > 0) return 'available';
  return held + checkout > 0 ? 'all_held' : 'sold_out';
}
