import type { ReactNode } from 'react';
import { countdownText } from '../../look/moment.js';
import { useClock } from '../live/use-clock.js';

/** Below this the reader should see that it is urgent. */
const SOON_MS = 60_000;

/** How long it is until a moment, or since one, by the server's clock. */
export function Countdown({ until, since }: { until?: string; since?: string }): ReactNode {
  const now = useClock();
  if (since !== undefined) return <span title={since}>{countdownText(now - Date.parse(since))}</span>;
  const left = Date.parse(until ?? '') - now;
  const kind = left <= 0 ? 'over' : left < SOON_MS ? 'soon' : '';
  return (
    <span className={`countdown ${kind}`} title={until}>
      {left <= 0 ? 'ending' : countdownText(left)}
    </span>
  );
}
