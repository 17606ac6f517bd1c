import { cpus } from 'node:os';
import { arrivalsOf, busiestSecond } from './arrivals.js';
import type { Plan } from './plan.js';

/** Requests a second that one process makes without being late, on a machine of today, with the service beside it. */
const REQUESTS_A_GENERATOR = 4_000;
/** A buyer's first request is followed by others. */
const REQUESTS_AN_ARRIVAL = 1.5;

/** How many processes play the crowd, where nobody says. */
export function generatorsFor(plan: Plan): number {
  const wanted = Math.ceil((busiestSecond(arrivalsOf(plan)) * REQUESTS_AN_ARRIVAL) / REQUESTS_A_GENERATOR);
  return Math.max(1, Math.min(wanted, cpus().length));
}
