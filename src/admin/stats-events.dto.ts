import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { TextOf } from '../platform/body-rules.js';
import { HistoryEntry } from './history.dto.js';
import { HoldView } from './hold.view.js';
import { SALE_ID } from './sale-id.js';

export class FollowQuery {
  @TextOf(SALE_ID, { example: 'sale_k3v9x2m1qa' })
  saleId!: string;
}

/** A transition as it is told at once, with the hold that there is now. */
export class HoldChange extends HistoryEntry {
  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(HoldView) }, { type: 'null' }],
    description: 'As the list of holds shows it now; null: it is no longer held nor in payment',
  })
  hold!: HoldView | null;
}

/** What `event: changes` tells. */
export class HoldChanges {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:01:39.120Z', description: "The ledger's time" })
  asOf!: string;
  @ApiProperty({ type: [HoldChange], description: 'In their order; at most 250' })
  items!: HoldChange[];
}

/** What `event: reset` tells. */
export class FeedReset {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ example: 'More changed than can be told one by one: read the list of holds again.' })
  why!: string;
}
