import { CUSTOMER_ID } from '../access/customer-id.js';
import { AnyObject, DifferentTexts, ExactlyOneOf, ListOf, OneOf, TextOf, WholeNumber } from '../platform/body-rules.js';

export const LINES_MAX = 20;
export const QUANTITY_MAX = 100;
export const METADATA_BYTES_MAX = 2_048;

export const CUSTOMER_ID_RULE = {
  pattern: CUSTOMER_ID,
  sentence: 'must be 1 to 128 printable characters, without a space at either end',
} as const;

/** Whom a service acts for; a buyer is the customer. */
export const CustomerId = (): PropertyDecorator =>
  TextOf(CUSTOMER_ID_RULE, {
    optional: true,
    example: 'c_42',
    description: 'Service callers name the customer; a buyer is one',
  });

@ExactlyOneOf('quantity', 'units')
export class ReserveLineBody {
  @TextOf({ pattern: /^[A-Za-z0-9_-]{1,64}$/u, sentence: 'must be the id of a SKU' }, { example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;

  @WholeNumber(
    { min: 1, max: QUANTITY_MAX },
    {
      askedOf: (line) => !('units' in line) || line.units === undefined,
      example: 2,
      description: 'So many units, whichever; or name them in units',
    },
  )
  quantity?: number;

  @DifferentTexts(QUANTITY_MAX, {
    optional: true,
    example: ['A-12', 'A-13'],
    description: 'Labels of units; in general admission their numbers',
  })
  units?: string[];
}

export class ReserveBody {
  @CustomerId()
  customerId?: string;

  @ListOf(() => ReserveLineBody, LINES_MAX, { description: 'Decided together, in one atomic step' })
  lines!: ReserveLineBody[];

  @OneOf(['all', 'partial'], {
    optional: true,
    example: 'all',
    description: 'all, the default: every line or none; partial: what can be had, at least one unit',
  })
  mode?: 'all' | 'partial';

  @AnyObject({
    optional: true,
    nullable: true,
    example: { cart: '9911' },
    description: `At most ${METADATA_BYTES_MAX} bytes of JSON, returned as given`,
  })
  metadata?: Record<string, unknown> | null;
}
