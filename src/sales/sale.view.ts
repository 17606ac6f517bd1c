import { ApiProperty } from '@nestjs/swagger';
import { LatePayment, SaleStatus } from '../generated/prisma/enums.js';
import { PathId } from '../platform/body-rules.js';
import type { CatalogSale, CatalogSku } from './sale-catalog.js';
import type { SaleRecord, SaleRow, SkuRow } from './sale-record.js';

const EXAMPLE_ID = 'sale_k3v9x2m1qa';

export const SaleIdInPath = (): MethodDecorator => PathId('saleId', 'The id of a sale', EXAMPLE_ID);

/** A SKU as everybody may see it. */
export class SkuView {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  id!: string;
  @ApiProperty({ example: 'General admission' })
  name!: string;
  @ApiProperty({ type: 'integer', example: 4500, description: 'Minor units of the currency' })
  unitPrice!: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 4, description: 'Within that of the sale; null: no limit' })
  unitsPerCustomerMax!: number | null;
  @ApiProperty({ example: false, description: 'Whether units have labels, such as seats; else labels are numbers' })
  labelled!: boolean;
}

export class AdminSkuView extends SkuView {
  @ApiProperty({ type: 'integer', example: 1000, description: 'Units that there are: numbered − withdrawn for good' })
  capacity!: number;
}

class SaleBase {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;
  @ApiProperty({ example: 'midnight-drop' })
  slug!: string;
  @ApiProperty({ example: 'Midnight Drop' })
  name!: string;
  @ApiProperty({ example: 'EUR' })
  currency!: string;
  @ApiProperty({ type: String, enum: Object.values(SaleStatus), example: 'open' })
  status!: SaleStatus;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-21T20:00:00.000Z' })
  opensAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-22T20:00:00.000Z' })
  closesAt!: string | null;
  @ApiProperty({ type: 'integer', example: 600, description: 'How long a hold lasts' })
  holdTtlSeconds!: number;
  @ApiProperty({ type: 'integer', example: 900, description: 'How long a payment may take' })
  checkoutTtlSeconds!: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 4, description: 'Across SKUs; null: no limit' })
  unitsPerCustomerMax!: number | null;
  @ApiProperty({ type: 'integer', example: 1 })
  extensionsMax!: number;
  @ApiProperty({ type: 'integer', example: 300 })
  extensionStepSeconds!: number;
}

/** A sale as everybody may see it. */
export class SaleView extends SaleBase {
  @ApiProperty({ type: [SkuView] })
  skus!: SkuView[];
}

/** A sale with everything that an admin may set or must know. */
export class AdminSaleView extends SaleBase {
  @ApiProperty({ type: 'integer', example: 30 })
  queueTimeoutSeconds!: number;
  @ApiProperty({ type: 'integer', example: 900, description: 'No extension goes past this age of a hold' })
  holdAgeSecondsMax!: number;
  @ApiProperty({ type: String, enum: Object.values(LatePayment), example: 'rehold' })
  latePayment!: LatePayment;
  @ApiProperty({ type: 'integer', example: 1, description: 'Raised by every change' })
  revision!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'When it first opened',
  })
  openedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  closedAt!: string | null;
  @ApiProperty({ format: 'date-time', example: '2026-11-20T09:30:00.000Z' })
  createdAt!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-20T09:30:00.000Z' })
  updatedAt!: string;
  @ApiProperty({ type: [AdminSkuView] })
  skus!: AdminSkuView[];
}

export class SaleList {
  @ApiProperty({ type: [SaleView] })
  items!: SaleView[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}

export class AdminSaleList {
  @ApiProperty({ type: [AdminSaleView] })
  items!: AdminSaleView[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}

/** The public view, of a row as well as of a copy in memory. */
export function toSaleView(sale: SaleRecord | CatalogSale): SaleView {
  const skus = sale.skus
    .filter(isThere)
    .map((sku) => toSkuView(sku, 'labelled' in sku ? sku.labelled : sku.labels !== null));
  return { ...toSaleBase(sale), skus };
}

export function toAdminSaleView(sale: SaleRecord): AdminSaleView {
  const { queueTimeoutSeconds, holdAgeSecondsMax, latePayment, revision } = sale;
  return {
    ...toSaleBase(sale),
    queueTimeoutSeconds,
    holdAgeSecondsMax,
    latePayment,
    revision,
    openedAt: textOrNull(sale.openedAt),
    closedAt: textOrNull(sale.closedAt),
    createdAt: sale.createdAt.toISOString(),
    updatedAt: sale.updatedAt.toISOString(),
    skus: sale.skus.filter(isThere).map((sku) => ({ ...toSkuView(sku, sku.labelled), capacity: sku.capacity })),
  };
}

/** A copy in memory has only the SKUs that are there. */
function isThere(sku: SkuRow | CatalogSku): boolean {
  return !('removed' in sku && sku.removed);
}

function toSaleBase(sale: SaleRow): Omit<SaleView, 'skus'> {
  const { id, slug, name, currency, status, holdTtlSeconds, checkoutTtlSeconds } = sale;
  const { unitsPerCustomerMax, extensionsMax, extensionStepSeconds } = sale;
  return {
    ...{ id, slug, name, currency, status, opensAt: textOrNull(sale.opensAt), closesAt: textOrNull(sale.closesAt) },
    ...{ holdTtlSeconds, checkoutTtlSeconds, unitsPerCustomerMax, extensionsMax, extensionStepSeconds },
  };
}

type SkuFields = Pick<SkuRow, 'id' | 'name' | 'unitPrice' | 'unitsPerCustomerMax'>;

function toSkuView(sku: SkuFields, labelled: boolean): SkuFields & { labelled: boolean } {
  const { id, name, unitPrice, unitsPerCustomerMax } = sku;
  return { id, name, unitPrice, unitsPerCustomerMax, labelled };
}

function textOrNull(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
