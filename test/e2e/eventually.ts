const LOOK_MS = 20;

/**
 * Asks again and again until `probe` gives something, and returns that. What it throws, an unmet expectation too, means
 * not yet. Past the deadline it fails and says what was waited for.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== null && found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS)); // pause: other processes are polled until they agree
  }
}
