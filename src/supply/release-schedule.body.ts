import { ApiProperty } from '@nestjs/swagger';
import { Instant, ListOf, PrintableText, WholeNumber } from '../platform/body-rules.js';
import { REASON_LENGTH_MAX, SKU_CAPACITY } from '../sales/sale-limits.js';
import { RELEASES_MAX } from './supply-limits.js';

/** So many units go on sale then. */
export class ReleaseBody {
  @Instant({ example: '2026-11-21T21:00:00Z', description: 'A time that has passed: at once' })
  at!: string;

  @WholeNumber({ min: 1, max: SKU_CAPACITY.max }, { example: 200 })
  quantity!: number;
}

/** What is withheld, and when it goes on sale. It takes the place of what is still to come of an earlier one. */
export class ReleaseScheduleBody {
  @ListOf(() => ReleaseBody, RELEASES_MAX, {})
  releases!: ReleaseBody[];

  @PrintableText(REASON_LENGTH_MAX, { example: 'A third every hour', description: 'For the audit log' })
  reason!: string;
}

class ReleaseView {
  @ApiProperty({ format: 'date-time', example: '2026-11-21T21:00:00.000Z' })
  at!: string;
  @ApiProperty({ type: 'integer', example: 200 })
  quantity!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null, description: 'Null: still to come' })
  releasedAt!: string | null;
}

export class ReleaseScheduleView {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;
  @ApiProperty({ type: 'integer', example: 400, description: 'Units that wait for a release; they count as blocked' })
  withheld!: number;
  @ApiProperty({ type: [ReleaseView], description: 'By their time' })
  releases!: ReleaseView[];
}
