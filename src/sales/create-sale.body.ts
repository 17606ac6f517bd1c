import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateIf, ValidateNested } from 'class-validator';
import { Currency, NotBeside, PrintableText, Slug, UniqueLabels, WholeNumber } from './body-rules.js';
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

const listRule = (max: number): { message: string } => ({ message: `must be a list of 1 to ${max} entries` });

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

  @ApiProperty({
    type: () => [UnitBody],
    required: false,
    minItems: 1,
    maxItems: LABELLED_UNITS_PER_SKU_MAX,
    description: 'Labelled units; or give capacity',
  })
  @ValidateIf((sku: SkuBody) => sku.units !== undefined)
  @IsArray(listRule(LABELLED_UNITS_PER_SKU_MAX))
  @ArrayMinSize(1, listRule(LABELLED_UNITS_PER_SKU_MAX))
  @ArrayMaxSize(LABELLED_UNITS_PER_SKU_MAX, listRule(LABELLED_UNITS_PER_SKU_MAX))
  @UniqueLabels()
  @ValidateNested({ each: true, message: 'must be an object' })
  @Type(() => UnitBody)
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

  @ApiProperty({ type: () => [SkuBody], minItems: 1, maxItems: SKUS_PER_SALE_MAX })
  @IsArray(listRule(SKUS_PER_SALE_MAX))
  @ArrayMinSize(1, listRule(SKUS_PER_SALE_MAX))
  @ArrayMaxSize(SKUS_PER_SALE_MAX, listRule(SKUS_PER_SALE_MAX))
  @ValidateNested({ each: true, message: 'must be an object' })
  @Type(() => SkuBody)
  skus!: SkuBody[];

  @PrintableText(REASON_LENGTH_MAX, { optional: true, example: 'Drop of November', description: 'For the audit log' })
  reason?: string;
}
