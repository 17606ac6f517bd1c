import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { DocumentedEvents, EventId, EventOf } from '../platform/documented-events.js';
import { TextOf } from '../platform/body-rules.js';
import { HistoryEntry } from './history.dto.js';
import { HoldView } from './hold.view.js';
import { SALE_ID } from './sale-id.js';
import { Stats } from './stats.dto.js';

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

const PLACE: EventId = {
  description: 'The place of the last transition that was told: the stream goes on after it, in whichever process',
  pattern: '^\\d+-\\d+$',
  example: '731-4711',
};

export const FEED_EVENTS = {
  stats: {
    payload: Stats,
    summary: 'What GET /v1/admin/stats tells: at once, and then with the place where changes begin; then once a second',
    id: { ...PLACE, optional: true },
  },
  changes: {
    payload: HoldChanges,
    summary: 'Transitions in their order, each with the hold as it is now; at most four times a second',
    id: PLACE,
  },
  reset: {
    payload: FeedReset,
    summary:
      'More changed than can be told one by one: read the list of holds again; what follows is told from here on',
    id: PLACE,
  },
} as const satisfies DocumentedEvents;

export type FeedEvent = EventOf<typeof FEED_EVENTS>;
