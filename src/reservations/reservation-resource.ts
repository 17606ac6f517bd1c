import { ApiProperty } from '@nestjs/swagger';
import { PathId } from '../platform/body-rules.js';
import { oneOfProblems } from '../platform/problem-schemas.js';
import type { ProblemBody } from '../problems.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { REJECTION_CODES, rejectionBody } from './rejection.js';
import type { Reservation, ReservationStatus } from './reservation.js';

export const RESERVATION_STATUSES = [
  'queued',
  'held',
  'checkout',
  'confirmed',
  'rejected',
  'released',
  'expired',
] as const satisfies ReservationStatus[];

const EXAMPLE_ID = 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4';
const TIME_OR_NULL = { type: String, format: 'date-time', nullable: true } as const;

export const STALE = 'There only while one of the stores is out of reach: the other one answers, and may be behind';

export const ReservationIdInPath = (): MethodDecorator => PathId('id', 'The id of a reservation', EXAMPLE_ID);

export class ReservationLineResource {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 2,
    description: 'Units granted; of a queued or rejected reservation, units asked for',
  })
  quantity!: number;
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    example: 3,
    description: 'Units asked for; only with mode partial',
  })
  requested?: number;
  @ApiProperty({ type: [String], example: ['17', '18'], description: 'Labels of the units; empty until held' })
  units!: string[];
  @ApiProperty({ type: 'integer', minimum: 0, example: 4500, description: 'Minor units of the currency' })
  unitPrice!: number;
}

/** The reservation, the same wherever it is shown. */
export class ReservationResource {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ type: String, nullable: true, example: 'c_42', description: 'Null only of a lost request' })
  customerId!: string | null;
  @ApiProperty({
    type: String,
    enum: RESERVATION_STATUSES,
    example: 'held',
    description:
      'queued: not decided yet. held: the units are the customer’s until expiresAt. checkout: pinned until ' +
      'checkoutExpiresAt. Final: confirmed (ordered), rejected (see problem), released (given back), expired.',
  })
  status!: ReservationStatus;
  @ApiProperty({ type: [ReservationLineResource] })
  lines!: ReservationLineResource[];
  @ApiProperty({ example: 'EUR' })
  currency!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 9000, description: 'Minor units; 0 until held' })
  total!: number;
  @ApiProperty({ ...TIME_OR_NULL, example: '2026-11-21T20:00:00.000Z', description: 'Null only of a lost request' })
  queuedAt!: string | null;
  @ApiProperty({ ...TIME_OR_NULL, example: '2026-11-21T20:00:00.004Z' })
  heldAt!: string | null;
  @ApiProperty({ ...TIME_OR_NULL, example: '2026-11-21T20:10:00.004Z', description: 'When the hold ends by itself' })
  expiresAt!: string | null;
  @ApiProperty({ ...TIME_OR_NULL, example: null, description: 'End of the payment window, from checkout on' })
  checkoutExpiresAt!: string | null;
  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  extensionsLeft!: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Once it is confirmed' })
  orderId!: string | null;
  @ApiProperty({
    oneOf: [...oneOfProblems(REJECTION_CODES).oneOf, { type: 'null' }],
    example: null,
    description: 'Why it was rejected (RFC 9457), without `instance`',
  })
  problem!: ProblemBody | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { cart: '9911' },
    description: 'As the request gave it',
  })
  metadata!: Record<string, unknown> | null;
  @ApiProperty({ type: 'integer', minimum: 1, example: 2, description: 'Raised by each change; the ETag' })
  version!: number;
  @ApiProperty({ required: false, type: Boolean, enum: [true], example: true, description: STALE })
  stale?: true;
}

export function toResource(reservation: Reservation, sale: CatalogSale): ReservationResource {
  const { id, customerId, status, queuedAt, heldAt, orderId, metadata, version, rejection } = reservation;
  const granted = heldAt !== null;
  return {
    id,
    saleId: sale.id,
    customerId,
    status,
    lines: reservation.lines.map((line) => {
      const sku = sale.skuByOrdinal.get(line.ordinal);
      const units = line.units.map((unit) => sku?.labelOf(unit) ?? String(unit));
      const quantity = granted ? line.units.length : line.requested;
      const asked = reservation.mode === 'partial' ? { requested: line.requested } : {};
      return { skuId: sku?.id ?? '', quantity, ...asked, units, unitPrice: line.unitPrice };
    }),
    currency: sale.currency,
    total: reservation.lines.reduce((sum, line) => sum + line.units.length * line.unitPrice, 0),
    queuedAt: timeOrNull(queuedAt),
    heldAt: timeOrNull(heldAt),
    expiresAt: timeOrNull(reservation.expiresAt),
    checkoutExpiresAt: timeOrNull(reservation.checkoutExpiresAt),
    extensionsLeft: status === 'held' ? Math.max(0, sale.extensionsMax - reservation.extensions) : 0,
    orderId,
    problem: rejection === null ? null : rejectionBody(rejection, sale, queuedAt),
    metadata,
    version,
    ...(reservation.stale && { stale: true as const }),
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
