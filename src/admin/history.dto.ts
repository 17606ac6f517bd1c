import { ApiProperty } from '@nestjs/swagger';
import { OneOf, PrintableText, TextOf } from '../platform/body-rules.js';
import { CUSTOMER_ID_RULE } from '../reservations/reserve.dto.js';
import { LABEL_LENGTH_MAX } from '../sales/sale-limits.js';
import { PageQuery } from '../sales/page.query.js';
import { RESERVATION_ID } from './hold-filter.js';
import { TRANSITION_KINDS, type TransitionKind } from './history-rows.js';
import { SALE_ID } from './sale-id.js';

const SKU_ID = { pattern: /^sku_[a-z0-9]{1,40}$/u, sentence: 'must be the id of a SKU' } as const;

export class HistoryQuery extends PageQuery {
  @TextOf(SALE_ID, { optional: true, example: 'sale_k3v9x2m1qa' })
  saleId?: string;

  @TextOf(CUSTOMER_ID_RULE, { optional: true, example: 'c_42' })
  customerId?: string;

  @TextOf(RESERVATION_ID, { optional: true, example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  reservationId?: string;

  @TextOf(SKU_ID, { optional: true, example: 'sku_4k2m9x0a1b3c', description: 'Beside `unit`' })
  skuId?: string;

  @PrintableText(LABEL_LENGTH_MAX, {
    optional: true,
    example: 'A-12',
    description: 'Reservations that have or had the unit of this label; beside `skuId`',
  })
  unit?: string;

  @OneOf(TRANSITION_KINDS, { optional: true, example: 'released' })
  kind?: TransitionKind;
}

const TIME_OR_NULL = { type: String, format: 'date-time', nullable: true } as const;

/** One transition of a reservation. */
export class HistoryEntry {
  @ApiProperty({ example: '731-4711', description: 'Its place in the order of all transitions; the id of its event' })
  place!: string;
  @ApiProperty({ example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  reservationId!: string;
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ type: String, nullable: true, example: 'c_42' })
  customerId!: string | null;
  @ApiProperty({ type: 'integer', minimum: 2, example: 3, description: "The reservation's version after it" })
  sequence!: number;
  @ApiProperty({ type: String, enum: TRANSITION_KINDS, example: 'released' })
  kind!: TransitionKind;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:05:00.123Z' })
  at!: string;
  @ApiProperty({ ...TIME_OR_NULL, example: null, description: 'The deadline that it gave, where it gave one' })
  until!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'admin:key_4k2m9x0a1b3c',
    description: '`buyer`, `service:key_…` or `admin:key_…`; null: the service itself, or the request that was queued',
  })
  actor!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Night shift', description: 'The name of the API key' })
  actorName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'the customer called' })
  reason!: string | null;
  @ApiProperty({ example: 'Given back by an operator (Night shift): “the customer called”.', description: 'In words' })
  text!: string;
}

export class HistoryPage {
  @ApiProperty({ type: [HistoryEntry], description: 'The newest first' })
  items!: HistoryEntry[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}
