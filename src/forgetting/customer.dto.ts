import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { PrintableText, TextOf, WholeNumber, YesOrNo } from '../platform/body-rules.js';
import { CUSTOMER_ID_RULE } from '../reservations/reserve.dto.js';
import { REASON_LENGTH_MAX } from '../sales/sale-limits.js';
import { CURSOR_PATTERN } from './export-cursor.js';
import { RECORD_KINDS, type RecordKind } from './record-kinds.js';

const RECORDS_PER_PAGE = { min: 1, max: 500, initial: 100 } as const;

export class CustomerParam {
  @TextOf(CUSTOMER_ID_RULE, { example: 'c_42', description: 'The id of a customer' })
  customerId!: string;
}

export class ExportQuery {
  @WholeNumber(RECORDS_PER_PAGE, {
    optional: true,
    example: RECORDS_PER_PAGE.initial,
    description: `Records of a page, about; default ${RECORDS_PER_PAGE.initial}`,
  })
  @Type(() => Number)
  limit: number = RECORDS_PER_PAGE.initial;

  @TextOf(
    { pattern: CURSOR_PATTERN, sentence: 'must be a nextCursor of this list' },
    { optional: true, example: 'b3JkZXI', description: "The page before's nextCursor" },
  )
  cursor?: string;
}

export class ExportedRecord {
  @ApiProperty({ type: String, enum: RECORD_KINDS, example: 'order' })
  kind!: RecordKind;
  @ApiProperty({ example: 'ord_8m2k4x0a9b3c7d1e5f6g', description: 'Of the thing that the record is of' })
  id!: string;
  @ApiProperty({
    type: 'object',
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

  @YesOrNo({ optional: true, example: false, description: 'Only say what would be done; default false' })
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
