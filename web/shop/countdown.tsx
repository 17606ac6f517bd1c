import type { ReactNode } from 'react';
import { countdownText } from '../look/moment.js';
import { useClock } from './use-clock.js';

const SOON_MS = 30_000;

interface CountdownParts {
  readonly until: string;
  /** How long it was at first. */
  readonly wholeMs: number;
  /** What it is that ends, for those who do not see it. */
  readonly label: string;
}

/** How long there is, in figures and as a line that gets shorter, by the server's clock. */
export function Countdown({ until, wholeMs, label }: CountdownParts): ReactNode {
  const now = useClock();
  const left = Math.max(0, Date.parse(until) - now);
  const soon = left < SOON_MS;
  return (
    <div className={soon ? 'countdown soon' : 'countdown'}>
      <span className="countdown-figures" role="timer" aria-label={label}>
        {left === 0 ? '0:00' : countdownText(left)}
      </span>
      <span className="countdown-line" aria-hidden="true">
        <span style={{ transform: `scaleX(${Math.min(1, left / wholeMs)})` }} />
      </span>
      <span className="unseen" aria-live="polite">
        {soon && left > 0 ? `${label}: less than 30 seconds left` : ''}
      </span>
    </div>
  );
}
