const FIRST_LOOK_MS = 10;
/** Long enough for a machine that is busy beyond measure; what comes is met within milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_MS_MAX = 200;

/**
 * Asks again and again until `probe` gives something, and returns that. What it throws, an unmet expectation too, means
 * not yet. Past the deadline it fails and says what was waited for.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LOOK_MS_MAX)) {
    try {
      const found = await probe();
      if (found !== null && found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, pauseMs)); // pause: other processes are polled until they agree
  }
}
