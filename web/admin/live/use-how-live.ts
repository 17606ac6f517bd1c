import { type HowLive, howLive, SILENT_MS_MAX } from './how-live.js';
import { useLiveSale } from './live-sale.js';
import { useClockSteps } from './use-clock.js';

const LOOK_MS = 1_000;

/** Whether what is shown is what is, as time goes on. */
export function useHowLive(): HowLive {
  const live = useLiveSale();
  useClockSteps(LOOK_MS);
  return howLive(live, performance.now());
}

/** Since when no figures come although the connection stands; null: they come. */
export function useSilentSince(): string | null {
  const { connection, figuresAt, stats } = useLiveSale();
  useClockSteps(LOOK_MS);
  const isSilent = connection === 'open' && figuresAt !== null && performance.now() - figuresAt > SILENT_MS_MAX;
  return isSilent ? (stats?.asOf ?? null) : null;
}
