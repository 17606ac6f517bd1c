import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { TextOf, WholeNumber } from '../platform/body-rules.js';
import { OrderResource } from './order.js';
import { OrderFilterQuery, PAYMENT_REFERENCE } from './order-filter.js';

export class ConfirmBody {
  @TextOf(PAYMENT_REFERENCE, { example: 'pay_7788', description: "The payment's id at its provider: one outcome each" })
  paymentReference!: string;

  @WholeNumber(
    { min: 0, max: Number.MAX_SAFE_INTEGER },
    { optional: true, example: 9000, description: 'Minor units; compared with the total when given' },
  )
  amount?: number;

  @TextOf(
    { pattern: /^[A-Z]{3}$/u, sentence: 'must be three capital letters (ISO 4217)' },
    { optional: true, example: 'EUR', description: "Compared with the sale's when given" },
  )
  currency?: string;
}

export class EndReservationQuery {
  @TextOf(
    { pattern: /^[^\p{C}]{1,500}$/u, sentence: 'must be 1 to 500 printable characters' },
    { optional: true, example: 'changed my mind', description: 'For the audit log' },
  )
  reason?: string;
}

export class ListOrdersQuery extends OrderFilterQuery {
  @TextOf(
    { pattern: /^ord_[a-z0-9]{1,40}$/u, sentence: 'must be a nextCursor of this list' },
    { optional: true, example: 'ord_8m2k4x0a9b3c7d1e5f6g', description: 'nextCursor of the page before' },
  )
  cursor?: string;

  @WholeNumber({ min: 1, max: 100 }, { optional: true, example: 50, description: 'Entries of a page; default 50' })
  @Type(() => Number)
  limit?: number;
}

export class OrderList {
  @ApiProperty({ type: [OrderResource] })
  items!: OrderResource[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}
