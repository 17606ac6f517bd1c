import { ApiProperty } from '@nestjs/swagger';
import { PathId } from '../platform/body-rules.js';
import type { CatalogSale } from '../sales/sale-catalog.js';

/** An order as the stores have it. Money in minor units. */
export interface Order {
  readonly id: string;
  readonly reservationId: string;
  readonly saleId: string;
  readonly customerId: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly currency: string;
  readonly total: number;
  readonly paymentReference: string;
  readonly confirmedAt: Date;
  readonly cancelledAt: Date | null;
  /** Whether the units of a cancelled order went back on sale; null until it is cancelled. */
  readonly restocked: boolean | null;
  /** The reservation that the units were held under, where the payment came late; null for the order's own. */
  readonly heldAs: string | null;
  readonly lines: readonly { ordinal: number; units: number[]; unitPrice: number }[];
}

const EXAMPLE_ID = 'ord_8m2k4x0a9b3c7d1e5f6g';

export const OrderIdInPath = (): MethodDecorator => PathId('id', 'The id of an order', EXAMPLE_ID);

export class OrderLineResource {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;
  @ApiProperty({ type: 'integer', minimum: 1, example: 2 })
  quantity!: number;
  @ApiProperty({ type: [String], example: ['17', '18'], description: 'Labels of the units' })
  units!: string[];
  @ApiProperty({ type: 'integer', minimum: 0, example: 4500, description: 'Minor units of the currency' })
  unitPrice!: number;
}

export class OrderResource {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;
  @ApiProperty({ example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  reservationId!: string;
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ example: 'c_42' })
  customerId!: string;
  @ApiProperty({ type: String, enum: ['confirmed', 'cancelled'], example: 'confirmed' })
  status!: 'confirmed' | 'cancelled';
  @ApiProperty({ type: [OrderLineResource] })
  lines!: OrderLineResource[];
  @ApiProperty({ example: 'EUR' })
  currency!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 9000, description: 'Minor units' })
  total!: number;
  @ApiProperty({ example: 'pay_7788', description: "The payment's id at its provider" })
  paymentReference!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:03:00.000Z' })
  confirmedAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Null until it is cancelled',
  })
  cancelledAt!: string | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: null,
    description: 'Whether the units of a cancelled order went back on sale; null until it is cancelled',
  })
  restocked!: boolean | null;
}

export function toOrderResource(order: Order, sale: CatalogSale | null): OrderResource {
  const { id, reservationId, saleId, customerId, status, currency, total, paymentReference, restocked } = order;
  const lines = order.lines
    .filter(({ units }) => units.length > 0)
    .map(({ ordinal, units, unitPrice }) => {
      const sku = sale?.skuByOrdinal.get(ordinal);
      const labels = units.map((unit) => sku?.labelOf(unit) ?? String(unit));
      return { skuId: sku?.id ?? '', quantity: units.length, units: labels, unitPrice };
    });
  return {
    id,
    reservationId,
    saleId,
    customerId,
    status,
    lines,
    currency,
    total,
    paymentReference,
    confirmedAt: order.confirmedAt.toISOString(),
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    restocked,
  };
}
