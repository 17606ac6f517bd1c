import type { DocumentedEvents, EventId, EventOf } from '../platform/documented-events.js';
import { CHANGES_EXAMPLE, RESET_EXAMPLE, STATS_EXAMPLE } from './feed-examples.js';
import { FeedReset, HoldChanges } from './stats-events.dto.js';
import { Stats } from './stats.dto.js';

const PLACE: EventId = {
  description: 'The place of the last transition that was told: the stream goes on after it, in whichever process',
  pattern: '^\\d+-\\d+$',
  example: '731-4711',
};

/** What the stream of a sale for operators tells. */
export const FEED_EVENTS = {
  stats: {
    payload: Stats,
    example: STATS_EXAMPLE,
    summary: 'What GET /v1/admin/stats tells: at once, and then with the place where changes begin; then once a second',
    id: { ...PLACE, optional: true },
  },
  changes: {
    payload: HoldChanges,
    example: CHANGES_EXAMPLE,
    summary: 'Transitions in their order, each with the hold as it is now; at most four times a second',
    id: PLACE,
  },
  reset: {
    payload: FeedReset,
    example: RESET_EXAMPLE,
    summary:
      'More changed than can be told one by one: read the list of holds again; what follows is told from here on',
    id: PLACE,
  },
} as const satisfies DocumentedEvents;

export type FeedEvent = EventOf<typeof FEED_EVENTS>;
