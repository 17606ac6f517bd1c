import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { ListOf } from '../platform/body-rules.js';

export const LINES_MAX = 20;
export const QUANTITY_MAX = 100;
export const METADATA_BYTES_MAX = 2_048;
/** 1 to 128 characters that can be printed; neither spaces at the ends nor control characters. */
export const CUSTOMER_ID = /^[^\s\p{C}](?:[^\p{C}]{0,126}[^\s\p{C}])?$/u;

export class ReserveLineBody {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  @IsString()
  @Matches(/^[\w-]{1,64}$/, { message: 'skuId must be the id of a SKU' })
  skuId!: string;

  @ApiProperty({
    required: false,
    minimum: 1,
    maximum: QUANTITY_MAX,
    example: 2,
    description: 'Any units; or name them',
  })
  @ValidateIf((line: ReserveLineBody) => line.quantity !== undefined || line.units === undefined)
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  quantity?: number;

  @ApiProperty({
    required: false,
    type: [String],
    maxItems: QUANTITY_MAX,
    example: ['A-12', 'A-13'],
    description: 'Labels of units',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(QUANTITY_MAX)
  @ArrayUnique()
  @IsString({ each: true })
  units?: string[];
}

export class ReserveBody {
  @ApiProperty({ required: false, example: 'c_42', description: 'Service callers name the customer; a buyer is one' })
  @IsOptional()
  @IsString()
  @Matches(CUSTOMER_ID, { message: 'customerId must be 1 to 128 printable characters' })
  customerId?: string;

  @ListOf(() => ReserveLineBody, LINES_MAX, { description: 'Decided together, in one atomic step' })
  lines!: ReserveLineBody[];

  @ApiProperty({ required: false, enum: ['all', 'partial'], default: 'all' })
  @IsOptional()
  @IsIn(['all', 'partial'])
  mode?: 'all' | 'partial';

  @ApiProperty({
    required: false,
    type: Object,
    description: `At most ${METADATA_BYTES_MAX} bytes of JSON, returned as given`,
  })
  @IsOptional()
  @IsObject()
  metadata?: Record<string, unknown>;
}
