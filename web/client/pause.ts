/** Longer each time, and never the same for two pages: a server that comes back is not met by all of them at once. */
export const pauseMsAfter = (failures: number, firstMs: number, msMax: number): number =>
  Math.min(msMax, firstMs * 2 ** failures) * (0.5 + Math.random() / 2);

/** Resolves after so long, or at once when it is stopped. */
export function pause(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (stop?.aborted === true) end();
    else stop?.addEventListener('abort', end);
  });
}
