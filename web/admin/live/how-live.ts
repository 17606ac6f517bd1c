import type { Schemas } from '../../client/api-client.js';
import type { StreamState } from '../../client/follow-events.js';
import { storesAway } from './stores-away.js';

/** `partly`: the connection stands, but what comes over it is not all there is, or not of now. */
export type HowLive = StreamState | 'partly';

/** What the server last said, as far as it tells whether it is to be relied on. */
interface Told {
  readonly connection: StreamState;
  /** When figures came last, in milliseconds of the page's own clock; null: none since the connection was made (again). */
  readonly figuresAt: number | null;
  readonly stats: Schemas['Stats'] | null;
  readonly availability: Pick<Schemas['SaleAvailability'], 'stale'> | null;
}

/** Figures come once a second, and a busy store takes its time: after so long nobody can read them. */
export const SILENT_MS_MAX = 10_000;

/**
 * Whether what is shown is what is. Nothing counts that was told before the connection was made (again): then a store
 * may have gone since. Figures that are old although the connection lives are those of two stores that are away.
 */
export function howLive({ connection, figuresAt, stats, availability }: Told, now: number): HowLive {
  if (connection !== 'open') return connection;
  if (figuresAt === null || stats === null) return 'connecting';
  const isWhole = storesAway(stats).length === 0 && stats.sale?.stale !== true && availability?.stale !== true;
  return isWhole && now - figuresAt <= SILENT_MS_MAX ? 'open' : 'partly';
}
