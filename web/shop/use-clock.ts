import { useSyncExternalStore } from 'react';
import { clock } from './server.js';

const TICK_MS = 250;

const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | null = null;

/** One tick for all countdowns of the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = clock.read();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
    now = 0;
  };
}

/** The server's time in milliseconds, four times a second. */
export function useClock(): number {
  return useSyncExternalStore(subscribe, () => now || (now = clock.read()));
}
