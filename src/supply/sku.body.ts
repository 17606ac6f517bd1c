import { ListOf, NotBeside, PrintableText, UniqueLabels, WholeNumber } from '../platform/body-rules.js';
import { UnitBody } from '../sales/create-sale.body.js';
import {
  LABELLED_UNITS_PER_SKU_MAX,
  NAME_LENGTH_MAX,
  REASON_LENGTH_MAX,
  UNIT_PRICE,
  UNITS_PER_CUSTOMER,
} from '../sales/sale-limits.js';
import { CAPACITY } from './supply-limits.js';

const NO_LIMIT = 'null: no limit';

/** A SKU for a sale that exists: equal units, labelled ones, or none yet. */
export class AddSkuBody {
  @PrintableText(NAME_LENGTH_MAX, { example: 'Balcony' })
  name!: string;

  @WholeNumber(UNIT_PRICE, { example: 3500, description: 'In minor units of the currency' })
  unitPrice!: number;

  @WholeNumber(UNITS_PER_CUSTOMER, { optional: true, nullable: true, example: 4, description: NO_LIMIT })
  unitsPerCustomerMax?: number | null;

  @WholeNumber(CAPACITY, {
    optional: true,
    example: 200,
    description: 'Unlabelled units; or give units; or import them later',
  })
  @NotBeside('units')
  capacity?: number;

  @ListOf(() => UnitBody, LABELLED_UNITS_PER_SKU_MAX, {
    optional: true,
    description: 'Labelled units; or give capacity',
  })
  @UniqueLabels()
  units?: UnitBody[];

  @PrintableText(REASON_LENGTH_MAX, { optional: true, example: 'The balcony opens', description: 'For the audit log' })
  reason?: string;
}

/** What is to be different; what is left out stays. */
export class ChangeSkuBody {
  @PrintableText(NAME_LENGTH_MAX, { optional: true, example: 'Balcony' })
  name?: string;

  @WholeNumber(UNIT_PRICE, {
    optional: true,
    example: 3000,
    description: 'For requests from now on; one that is written down keeps the price it saw',
  })
  unitPrice?: number;

  @WholeNumber(UNITS_PER_CUSTOMER, { optional: true, nullable: true, example: 2, description: NO_LIMIT })
  unitsPerCustomerMax?: number | null;

  @PrintableText(REASON_LENGTH_MAX, { example: 'A quieter evening', description: 'For the audit log' })
  reason!: string;
}

/** Why something is done whose body is not ours to shape, or that has none. */
export class ReasonQuery {
  @PrintableText(REASON_LENGTH_MAX, { example: 'The seat map of the hall', description: 'For the audit log' })
  reason!: string;
}
