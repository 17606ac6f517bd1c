import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ListOfText, PathId, PrintableText, TextOf, WholeNumber, YesOrNo } from '../platform/body-rules.js';
import { REASON_LENGTH_MAX } from '../sales/sale-limits.js';
import { HoldFilter } from './hold-filter.js';
import { HoldView } from './hold.view.js';

export const EXTENSION_SECONDS = { min: 1, max: 86_400 } as const;
const SELECTED_MAX = 500;
const RUNS_PER_PAGE = { min: 1, max: 100, initial: 20 } as const;
const EXAMPLE_ID = 'bulk_4k2m9x0a1b3c7d1e5f6g';
const ACTIONS = ['release', 'extend'] as const;
const STATUSES = ['running', 'done', 'stopped'] as const;

export type BulkAction = (typeof ACTIONS)[number];
export type BulkStatus = (typeof STATUSES)[number];

export const BulkRunIdInPath = (): MethodDecorator => PathId('runId', 'The id of a bulk run', EXAMPLE_ID);

export class HoldReasonBody {
  @PrintableText(REASON_LENGTH_MAX, { example: 'The customer called', description: 'For the audit log' })
  reason!: string;
}

export class ExtendHoldBody extends HoldReasonBody {
  @WholeNumber(EXTENSION_SECONDS, { optional: true, example: 300, description: "Default: the sale's step" })
  seconds?: number;
}

export class BulkFilter extends HoldFilter {
  @ListOfText(
    { entriesMax: SELECTED_MAX, lengthMax: 64 },
    {
      optional: true,
      example: ['rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4'],
      description: 'These alone, as far as the rest of the filter fits them',
    },
  )
  reservationIds?: string[];
}

/** Which holds, and whether only to say so. Left out, `status` is held: who is paying is asked for by name. */
export class ReleaseHoldsBody extends BulkFilter {
  @YesOrNo({ optional: true, example: true, description: 'Only say what would be done; default true' })
  dryRun?: boolean;

  @PrintableText(REASON_LENGTH_MAX, { example: 'Bots from one address', description: 'For the audit log' })
  reason!: string;
}

export class ExtendHoldsBody extends ReleaseHoldsBody {
  @WholeNumber(EXTENSION_SECONDS, { example: 300, description: 'By how much each of them is prolonged' })
  seconds!: number;
}

export class BulkRunsQuery {
  @WholeNumber(RUNS_PER_PAGE, {
    optional: true,
    example: RUNS_PER_PAGE.initial,
    description: `Entries of a page; default ${RUNS_PER_PAGE.initial}`,
  })
  @Type(() => Number)
  limit: number = RUNS_PER_PAGE.initial;

  @TextOf(
    { pattern: /^bulk_[a-z0-9]{20}$/u, sentence: 'must be a nextCursor of this list' },
    { optional: true, example: EXAMPLE_ID, description: "The page before's nextCursor" },
  )
  cursor?: string;
}

export class BulkFailure {
  @ApiProperty({ example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  reservationId!: string;
  @ApiProperty({ example: 'Something went wrong on our side.' })
  detail!: string;
}

/** How far a bulk run is: changed + unchanged + failed of matching. */
export class BulkRunView {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;
  @ApiProperty({ type: String, enum: ACTIONS, example: 'release' })
  action!: BulkAction;
  @ApiProperty({
    type: String,
    enum: STATUSES,
    example: 'running',
    description: 'running: workers are at it, or will be. done: every hold had its turn. stopped: by an operator',
  })
  status!: BulkStatus;
  @ApiProperty({ example: 'Bots from one address' })
  reason!: string;
  @ApiProperty({ example: 'admin:key_4k2m9x0a1b3c', description: 'Who asked for it' })
  actor!: string;
  @ApiProperty({ type: BulkFilter, description: 'Without customerId once it has ended: it may have to be forgotten' })
  filter!: BulkFilter;
  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Of an extension' })
  seconds!: number | null;
  @ApiProperty({ type: 'integer', minimum: 0, example: 20134, description: 'Holds that fitted when it was asked' })
  matching!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 4200 })
  changed!: number;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 17,
    description: 'Over, or not of the status that was asked for any more, when their turn came',
  })
  unchanged!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'See failures' })
  failed!: number;
  @ApiProperty({ type: [BulkFailure], description: 'The first 20' })
  failures!: BulkFailure[];
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:01:39.120Z' })
  askedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  endedAt!: string | null;
}

export class BulkRunList {
  @ApiProperty({ type: [BulkRunView] })
  items!: BulkRunView[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}

/** What a bulk change would do, and the run that does it. */
export class BulkAnswer {
  @ApiProperty({ example: true, description: 'True: nothing is changed' })
  dryRun!: boolean;
  @ApiProperty({ type: 'integer', minimum: 0, example: 20134, description: 'Holds that fit' })
  matching!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 31877, description: 'Units in them' })
  units!: number;
  @ApiProperty({ type: [HoldView], description: 'Some of them: those that end first' })
  sample!: HoldView[];
  @ApiProperty({ type: BulkRunView, nullable: true, description: 'Null of a dry run' })
  run!: BulkRunView | null;
}
