import type { Schemas } from './api-client.js';
import { followEvents, type StreamState } from './follow-events.js';
import type { ProblemError } from './problem-error.js';
import type { ServerClock } from './server-clock.js';

export type Sale = Schemas['SaleView'];
export type Availability = Schemas['SaleAvailability'];

export interface FollowSale {
  /** Empty for the page's own origin. */
  readonly baseUrl?: string;
  readonly headers?: () => Record<string, string>;
  readonly saleId: string;
  /** Learns the server's time from what is told. */
  readonly clock?: ServerClock;
  /** At first, and whenever it opens, pauses, closes, or is changed. */
  readonly onSale: (sale: Sale) => void;
  /** At first, and at most four times a second while counts change. */
  readonly onAvailability: (availability: Availability) => void;
  readonly onState?: (state: StreamState, problem: ProblemError | null) => void;
}

/** Follows a sale and what can be had of it, over lost connections, until the returned function is called. */
export function followSale(follow: FollowSale): () => void {
  const { baseUrl = '', headers, saleId, clock, onSale, onAvailability, onState } = follow;
  return followEvents({
    url: `${baseUrl}/v1/sales/${encodeURIComponent(saleId)}/events`,
    ...(headers && { headers }),
    ...(onState && { onState }),
    onEvent: ({ event, data }) => {
      if (event === 'sale') onSale(data as Sale);
      if (event !== 'availability') return;
      const availability = data as Availability;
      clock?.observe(availability.asOf);
      onAvailability(availability);
    },
  });
}
