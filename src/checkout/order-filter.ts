import { OneOf, PrintableText, TextOf } from '../platform/body-rules.js';
import { CustomerId } from '../reservations/reserve.dto.js';
import { LABEL_LENGTH_MAX } from '../sales/sale-limits.js';

export const ORDER_STATUSES = ['confirmed', 'cancelled'] as const;

/** The id that a payment has at its provider. */
export const PAYMENT_REFERENCE = {
  pattern: /^[\x21-\x7e]{1,200}$/u,
  sentence: 'must be 1 to 200 printable ASCII characters without spaces',
} as const;

/** Which orders are meant: all members that are given count together. */
export class OrderFilterQuery {
  @CustomerId()
  customerId?: string;

  @TextOf(
    { pattern: /^sale_[a-z0-9]{1,40}$/u, sentence: 'must be the id of a sale' },
    { optional: true, example: 'sale_k3v9x2m1qa' },
  )
  saleId?: string;

  @OneOf(ORDER_STATUSES, { optional: true, example: 'confirmed' })
  status?: (typeof ORDER_STATUSES)[number];

  @TextOf(PAYMENT_REFERENCE, { optional: true, example: 'pay_7788', description: 'Paid for by this payment' })
  paymentReference?: string;

  @TextOf(
    { pattern: /^rsv_[A-Za-z0-9_-]{42}$/u, sentence: 'must be the id of a reservation' },
    {
      optional: true,
      example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4',
      description: 'Made of this reservation',
    },
  )
  reservationId?: string;

  @PrintableText(LABEL_LENGTH_MAX, {
    optional: true,
    example: 'A-12',
    description: 'Has the unit of this label now; beside saleId',
  })
  unit?: string;
}
