import {
  Currency,
  ExactlyOneOf,
  ListOf,
  NotBeside,
  PrintableText,
  Slug,
  UniqueLabels,
  WholeNumber,
} from '../platform/body-rules.js';
import {
  LABEL_LENGTH_MAX,
  LABELLED_UNITS_PER_SKU_MAX,
  NAME_LENGTH_MAX,
  REASON_LENGTH_MAX,
  SEAT_NUMBER,
  SKU_CAPACITY,
  SKUS_PER_SALE_MAX,
  SLUG_LENGTH_MAX,
  UNIT_PRICE,
  UNITS_PER_CUSTOMER,
} from './sale-limits.js';
import { SaleSettingsBody } from './sale-settings.body.js';

/** A seat, or anything else that buyers call by a name. */
export class UnitBody {
  @PrintableText(LABEL_LENGTH_MAX, { example: 'A-12', description: 'Unique within the SKU' })
  label!: string;

  @PrintableText(LABEL_LENGTH_MAX, { optional: true, nullable: true, example: 'Stalls' })
  section?: string | null;

  @PrintableText(LABEL_LENGTH_MAX, { optional: true, nullable: true, example: 'A' })
  row?: string | null;

  @WholeNumber(SEAT_NUMBER, { optional: true, nullable: true, example: 12, description: 'Position within the row' })
  seat?: number | null;
}

/** Something for sale: as many equal units as `capacity` says, or the labelled `units`. */
@ExactlyOneOf('capacity', 'units')
export class SkuBody {
  @PrintableText(NAME_LENGTH_MAX, { example: 'General admission' })
  name!: string;

  @WholeNumber(UNIT_PRICE, { example: 4500, description: 'In minor units of the currency' })
  unitPrice!: number;

  @WholeNumber(UNITS_PER_CUSTOMER, { optional: true, nullable: true, example: 4, description: 'null: no limit' })
  unitsPerCustomerMax?: number | null;

  @WholeNumber(SKU_CAPACITY, {
    askedOf: (sku) => !('units' in sku) || sku.units === undefined,
    example: 1000,
    description: 'Unlabelled units; or give units',
  })
  @NotBeside('units')
  capacity?: number;

  @ListOf(() => UnitBody, LABELLED_UNITS_PER_SKU_MAX, {
    optional: true,
    description: 'Labelled units; or give capacity',
  })
  @UniqueLabels()
  units?: UnitBody[];
}

/** A sale to be: it becomes a draft, which nobody outside sees until it is opened. */
export class CreateSaleBody extends SaleSettingsBody {
  @PrintableText(NAME_LENGTH_MAX, { example: 'Midnight Drop' })
  name!: string;

  @Slug(SLUG_LENGTH_MAX, { example: 'midnight-drop', description: 'Unique among all sales' })
  slug!: string;

  @Currency({ example: 'EUR' })
  currency!: string;

  @ListOf(() => SkuBody, SKUS_PER_SALE_MAX, {})
  skus!: SkuBody[];

  @PrintableText(REASON_LENGTH_MAX, { optional: true, example: 'Drop of November', description: 'For the audit log' })
  reason?: string;
}
