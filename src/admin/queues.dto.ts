import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { PathId, PrintableText, WholeNumber } from '../platform/body-rules.js';
import { REASON_LENGTH_MAX } from '../sales/sale-limits.js';

const JOBS_SHOWN = { min: 1, max: 1_000, initial: 100 } as const;
const EXAMPLE_ID = '5d0c2a8e-3c1b-4f6e-9a7d-2b8f1e0c4d5a';

export const JobIdInPath = (): MethodDecorator => PathId('jobId', 'The id of a failed job', EXAMPLE_ID);

export class FailedJobsQuery {
  @WholeNumber(JOBS_SHOWN, { optional: true, example: JOBS_SHOWN.initial, description: 'At most so many; default 100' })
  @Type(() => Number)
  limit: number = JOBS_SHOWN.initial;
}

export class RetryBody {
  @PrintableText(REASON_LENGTH_MAX, { example: 'The script was mended', description: 'For the audit log' })
  reason!: string;
}

export class QueueView {
  @ApiProperty({ example: 'reserve-0' })
  queue!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 3, description: 'Batches that no worker has taken yet' })
  waiting!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 8, description: 'Being decided' })
  active!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Put off: a store was away' })
  delayed!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 0 })
  failed!: number;
  @ApiProperty({ type: 'number', minimum: 0, example: 0.012, description: 'Of the oldest batch that is not decided' })
  oldestAgeSeconds!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 2, description: 'Workers that are connected to it' })
  workers!: number;
}

export class QueueList {
  @ApiProperty({ type: [QueueView] })
  items!: QueueView[];
}

export class FailedJobView {
  @ApiProperty({ example: EXAMPLE_ID })
  id!: string;
  @ApiProperty({ example: 'reserve-0' })
  queue!: string;
  @ApiProperty({ type: String, nullable: true, example: 'sale_k3v9x2m1qa' })
  saleId!: string | null;
  @ApiProperty({ type: 'integer', minimum: 0, example: 12, description: 'Requests in the batch' })
  requests!: number;
  @ApiProperty({ example: 'job stalled more than allowable limit' })
  failedReason!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  attempts!: number;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:00.000Z' })
  queuedAt!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:02.000Z' })
  failedAt!: string;
}

export class FailedJobList {
  @ApiProperty({ type: [FailedJobView], description: 'The newest first' })
  items!: FailedJobView[];
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Failed jobs of all queues' })
  total!: number;
}

export class RetriedJobs {
  @ApiProperty({ type: 'integer', minimum: 0, example: 1, description: '0: it was queued again already' })
  retried!: number;
}
