import { Type } from 'class-transformer';
import { OneOf, TextOf, PrintableText, WholeNumber } from '../platform/body-rules.js';
import { CUSTOMER_ID_RULE } from '../reservations/reserve.dto.js';
import { LABEL_LENGTH_MAX } from '../sales/sale-limits.js';
import { SALE_ID } from './sale-id.js';

export const LIVE_STATUSES = ['held', 'checkout'] as const;
export type LiveStatus = (typeof LIVE_STATUSES)[number];

export const HOLD_SORTS = ['expiresAt', '-expiresAt', 'heldAt', '-heldAt', 'customer', '-customer'] as const;
export type HoldSort = (typeof HOLD_SORTS)[number];

export const HOLDS_PER_PAGE = { min: 1, max: 500, initial: 50 } as const;
const SECONDS = { min: 0, max: 10_000_000 } as const;
const SKU_ID = { pattern: /^sku_[a-z0-9]{1,40}$/u, sentence: 'must be the id of a SKU' } as const;
export const RESERVATION_ID = {
  pattern: /^rsv_[A-Za-z0-9_-]{42}$/u,
  sentence: 'must be the id of a reservation',
} as const;

/** Which live holds are meant: all members that are given count together. */
export class HoldFilter {
  @TextOf(SALE_ID, { optional: true, example: 'sale_k3v9x2m1qa' })
  saleId?: string;

  @TextOf(SKU_ID, { optional: true, example: 'sku_4k2m9x0a1b3c', description: 'With a line of this SKU' })
  skuId?: string;

  @TextOf(CUSTOMER_ID_RULE, { optional: true, example: 'c_42' })
  customerId?: string;

  @OneOf(LIVE_STATUSES, { optional: true, example: 'held' })
  status?: LiveStatus;

  @WholeNumber(SECONDS, { optional: true, example: 120, description: 'Seconds: ends by itself within them' })
  expiringWithin?: number;

  @WholeNumber(SECONDS, { optional: true, example: 600, description: 'Seconds: held for longer than that' })
  olderThan?: number;

  @PrintableText(LABEL_LENGTH_MAX, {
    optional: true,
    example: 'A-12',
    description: 'Has the unit of this label; beside saleId or skuId',
  })
  unit?: string;
}

/** The same in a query, where numbers come as text. */
export class HoldFilterQuery extends HoldFilter {}
for (const number of ['expiringWithin', 'olderThan']) Type(() => Number)(HoldFilterQuery.prototype, number);

/** What a list and an export have in common. */
export class HoldSearchQuery extends HoldFilterQuery {
  @TextOf(RESERVATION_ID, { optional: true, example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  reservationId?: string;
}

export class ListHoldsQuery extends HoldSearchQuery {
  @OneOf(HOLD_SORTS, {
    optional: true,
    example: 'expiresAt',
    description: 'By what, ascending; with a minus descending. Default expiresAt: those that end first',
  })
  sort?: HoldSort;

  @WholeNumber(HOLDS_PER_PAGE, {
    optional: true,
    example: HOLDS_PER_PAGE.initial,
    description: `Entries of a page; default ${HOLDS_PER_PAGE.initial}`,
  })
  @Type(() => Number)
  limit?: number;

  @TextOf(
    { pattern: /^[A-Za-z0-9_-]{1,1000}$/u, sentence: 'must be a nextCursor of this list' },
    { optional: true, example: 'WyJleHBpcmVzQXQi', description: "The page before's nextCursor; with the same sort" },
  )
  cursor?: string;
}
