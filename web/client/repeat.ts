import { pause, pauseMsAfter } from './pause.js';
import { ProblemError } from './problem-error.js';

export interface Patience {
  /** How long it is repeated before the last problem is thrown. */
  readonly patienceMs?: number;
  /** Told of each try that did not get through. */
  readonly onTry?: (problem: ProblemError) => void;
  readonly stop?: AbortSignal;
}

const PATIENCE_MS = 30_000;
const PAUSE_MS_MIN = 300;
const PAUSE_MS_MAX = 5_000;

/**
 * Asks until there is an answer. Only for what may be asked again: reading, releasing, going to checkout, and whatever is
 * sent with an idempotency key. A refusal is an answer, and is thrown at once as the `ProblemError` that it is.
 */
export async function repeat<T>(
  ask: () => Promise<T>,
  { patienceMs = PATIENCE_MS, onTry, stop }: Patience = {},
): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let failures = 0; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProblemError) || !error.isPassing) throw error;
      const waitMs = error.retryAfterMs ?? pauseMsAfter(failures, PAUSE_MS_MIN, PAUSE_MS_MAX);
      if (stop?.aborted === true || performance.now() + waitMs > giveUpAt) throw error;
      onTry?.(error);
      await pause(waitMs, stop);
    }
  }
}
