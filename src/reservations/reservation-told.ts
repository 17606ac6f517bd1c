import type { DocumentedEvent, EventOf } from '../platform/documented-events.js';
import { RESERVATION_EXAMPLES } from './reservation-examples.js';
import { ReservationResource } from './reservation-resource.js';
import type { ReservationStatus } from './reservation.js';

const VERSION = { description: 'The version of the reservation', pattern: '^\\d+$' };

/** Each event carries the reservation as it is, under its status. */
function told(status: ReservationStatus, summary: string): DocumentedEvent<ReservationResource> {
  const example = RESERVATION_EXAMPLES[status];
  const id = { ...VERSION, example: String(example.version) };
  return { payload: ReservationResource, summary, example, id, where: { status } };
}

/** What the stream of a reservation tells: an event is named after the status that the reservation has with it. */
export const RESERVATION_EVENTS = {
  queued: told('queued', 'It waits to be decided'),
  held: told('held', 'The units are the customer’s until `expiresAt`; once more whenever that was prolonged'),
  checkout: told('checkout', 'The customer pays: the units are pinned until `checkoutExpiresAt`'),
  confirmed: told('confirmed', 'It is paid for and ordered: `orderId`. Final'),
  rejected: told('rejected', 'It was refused after it was queued; `problem` says why. Final'),
  released: told('released', 'The units were given back. Final, but for a late payment'),
  expired: told('expired', 'Its time is over and the units are back on sale. Final, but for a late payment'),
} as const satisfies Record<ReservationStatus, DocumentedEvent<ReservationResource>>;

export type ReservationEvent = EventOf<typeof RESERVATION_EVENTS>;
