import { Problem } from '../problems.js';
import type { ReservationStatus } from './reservation.js';

/** The refusal of a step that needs a hold. */
export function notHeld(status: ReservationStatus | string): Problem {
  return new Problem('reservation-not-held', `The reservation is ${status}, not held.`, { reservationStatus: status });
}
