import type { Schemas } from './api-client.js';
import { followEvents, type StreamState } from './follow-events.js';
import type { ProblemError } from './problem-error.js';

type Reservation = Schemas['ReservationResource'];

export interface FollowReservation {
  /** Empty for the page's own origin. */
  readonly baseUrl?: string;
  readonly headers?: () => Record<string, string>;
  readonly id: string;
  /** Each state that it comes to, the present one first; never an older one after a newer one. */
  readonly onReservation: (reservation: Reservation) => void;
  /** `over`, with no problem: it was the last state. */
  readonly onState?: (state: StreamState, problem: ProblemError | null) => void;
}

/** Follows one reservation to its end, over lost connections, until the returned function is called. */
export function followReservation({
  baseUrl = '',
  headers,
  id,
  onReservation,
  onState,
}: FollowReservation): () => void {
  let version = 0;
  return followEvents({
    url: `${baseUrl}/v1/reservations/${encodeURIComponent(id)}/events`,
    ...(headers && { headers }),
    ...(onState && { onState }),
    onEvent: ({ data }) => {
      const reservation = data as Reservation;
      if (reservation.version < version) return;
      version = reservation.version;
      onReservation(reservation);
    },
  });
}
