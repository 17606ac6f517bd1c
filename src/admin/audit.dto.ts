import { ApiProperty } from '@nestjs/swagger';
import { Instant, PrintableText, TextOf } from '../platform/body-rules.js';
import { PageQuery } from '../sales/page.query.js';
import { SALE_ID } from './sale-id.js';

const NAME_LENGTH_MAX = 200;

export class AuditQuery extends PageQuery {
  @TextOf(SALE_ID, {
    optional: true,
    example: 'sale_k3v9x2m1qa',
    description: 'What was done to this sale, its SKUs, reservations and orders',
  })
  saleId?: string;

  @PrintableText(NAME_LENGTH_MAX, {
    optional: true,
    example: 'admin:key_4k2m9x0a1b3c',
    description: 'Who did it, as the lines say it',
  })
  actor?: string;

  @PrintableText(NAME_LENGTH_MAX, {
    optional: true,
    example: 'sale.pause',
    description: 'What was done; the part before the dot stands for all of its kind',
  })
  action?: string;

  @PrintableText(NAME_LENGTH_MAX, {
    optional: true,
    example: 'sku_4k2m9x0a1b3c',
    description: 'The id of the thing to which it was done',
  })
  subject?: string;

  @Instant({ optional: true, example: '2026-11-21T20:00:00Z', description: 'Not before then' })
  since?: string;

  @Instant({ optional: true, example: '2026-11-21T21:00:00Z', description: 'Before then' })
  until?: string;
}

const ANY = { nullable: true, description: 'As it was; null where there was nothing' } as const;

/** A line of the audit log. */
export class AuditLine {
  @ApiProperty({ example: '4711', description: 'Newer lines have greater ones' })
  id!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:01.250Z' })
  at!: string;
  @ApiProperty({ example: 'admin:key_4k2m9x0a1b3c', description: 'Who did it; `system` for the service itself' })
  actor!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Night shift', description: 'The name of the API key' })
  actorName!: string | null;
  @ApiProperty({ example: 'sale.pause' })
  action!: string;
  @ApiProperty({ example: 'sale_k3v9x2m1qa', description: 'The id of the thing to which it was done' })
  subject!: string;
  @ApiProperty({ type: String, nullable: true, example: 'The payment provider is down' })
  reason!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, ...ANY, example: { status: 'open' } })
  before!: unknown;
  @ApiProperty({ type: 'object', additionalProperties: true, ...ANY, example: { status: 'paused' } })
  after!: unknown;
}

export class AuditPage {
  @ApiProperty({ type: [AuditLine], description: 'The newest first' })
  items!: AuditLine[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}
