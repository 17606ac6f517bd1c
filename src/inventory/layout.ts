import { Problem } from '../problems.js';

/**
 * The forms of a sale's keys and records in Redis that this version knows, and the one that its rebuilds write.
 * A version that knows a new form writes the one before; the next version writes it. So two versions that follow each
 * other always work on one sale together (ARCHITECTURE.md, "Two versions at once").
 */
export const LAYOUT = { oldest: 1, newest: 1, written: 1 } as const;

/** The sale was rebuilt by a version that this one does not follow: nothing here may read or write its state. */
export function newerLayout(): Problem {
  return new Problem(
    'store-unavailable',
    "The sale's state has the form of a newer version of this service; repeat the request in a moment, with the same key.",
    { retryAfterSeconds: 1 },
  );
}
