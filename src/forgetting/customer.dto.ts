import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { PrintableText } from '../platform/body-rules.js';
import { CUSTOMER_ID } from '../reservations/reserve.dto.js';
import { REASON_LENGTH_MAX } from '../sales/sale-limits.js';
import { CURSOR_PATTERN } from './export-cursor.js';
import { RECORD_KINDS, type RecordKind } from './record-kinds.js';

const RECORDS_PER_PAGE = { min: 1, max: 500, initial: 100 } as const;

export class CustomerParam {
  @ApiProperty({ example: 'c_42' })
  @IsString()
  @Matches(CUSTOMER_ID, { message: 'must be 1 to 128 printable characters' })
  customerId!: string;
}

export class ExportQuery {
  @ApiProperty({
    required: false,
    minimum: RECORDS_PER_PAGE.min,
    maximum: RECORDS_PER_PAGE.max,
    default: RECORDS_PER_PAGE.initial,
    description: 'Records of a page, about',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(RECORDS_PER_PAGE.min)
  @Max(RECORDS_PER_PAGE.max)
  limit: number = RECORDS_PER_PAGE.initial;

  @ApiProperty({ required: false, description: "The page before's nextCursor" })
  @IsOptional()
  @IsString()
  @Matches(CURSOR_PATTERN, { message: 'must be a nextCursor of this list' })
  cursor?: string;
}

export class ExportedRecord {
  @ApiProperty({ enum: RECORD_KINDS, example: 'order' })
  kind!: RecordKind;
  @ApiProperty({ example: 'ord_8m2k4x0a9b3c7d1e5f6g', description: 'Of the thing that the record is of' })
  id!: string;
  @ApiProperty({
    type: Object,
    additionalProperties: true,
    example: { saleId: 'sale_k3v9x2m1qa', status: 'confirmed' },
    description: 'A reservation or an order as its own route shows it; a payment’s outcome; a line of the audit log',
  })
  record!: object;
}

export class CustomerExport {
  @ApiProperty({ example: 'c_42' })
  customerId!: string;
  @ApiProperty({ type: [ExportedRecord], description: 'May be empty although there are more pages' })
  items!: ExportedRecord[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  nextCursor!: string | null;
}

export class EraseBody {
  @PrintableText(REASON_LENGTH_MAX, {
    example: 'Request of 21 November',
    description: 'For the audit log, which is never erased: it must not name the customer',
  })
  reason!: string;

  @ApiProperty({ required: false, default: false, description: 'Only say what would be done' })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  dryRun?: boolean;
}

export class Erasure {
  @ApiProperty({ example: false, description: 'True: nothing was changed' })
  dryRun!: boolean;
  @ApiProperty({
    example: 'erased_5f0c2a…',
    description: "What stands in the customer's place from now on; the same at every repeat",
  })
  pseudonym!: string;
  @ApiProperty({ type: 'integer', example: 3, description: 'Rows of the journal: already erased ones count too' })
  reservations!: number;
  @ApiProperty({ type: 'integer', example: 1 })
  orders!: number;
  @ApiProperty({ type: 'integer', example: 2, description: 'Records of requests in Redis' })
  requests!: number;
  @ApiProperty({
    type: [String],
    example: [],
    description: 'Reservations that are undecided, held or in payment, or whose end is not delivered yet; at most 100',
  })
  blockedBy!: string[];
}
