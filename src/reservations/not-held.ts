import { Problem } from '../problems.js';

/** The refusal of a step that needs a hold; `status` is the reservation's, in whichever store's words. */
export function notHeld(status: string): Problem {
  return new Problem('reservation-not-held', `The reservation is ${status}, not held.`, { reservationStatus: status });
}
