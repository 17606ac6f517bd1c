import { type ReactNode, useEffect, useState } from 'react';
import { Moment } from '../../look/moment.js';
import type { HowLive } from '../live/how-live.js';
import { useLiveSale } from '../live/live-sale.js';
import { useHowLive } from '../live/use-how-live.js';

const SAID: Record<HowLive, readonly [string, string]> = {
  connecting: ['still', 'Connecting …'],
  open: ['good', 'Live'],
  partly: ['caution', 'Partly live'],
  lost: ['bad', 'Connection lost'],
  over: ['still', 'Not live'],
};

/** Whether what is shown is what is. */
export function ConnectionPill(): ReactNode {
  const [kind, text] = SAID[useHowLive()];
  return (
    <span role="status" className="connection">
      <span className={`pill ${kind}`}>{text}</span>
    </span>
  );
}

/** So long it is said that the page has caught up. */
const CAUGHT_UP_MS = 6_000;

/** What ended when all is well again. */
type Trouble = 'lost' | 'partly';
const OVER: Record<Trouble, string> = { lost: 'Connected again.', partly: 'All answers again.' };

/**
 * While nothing arrives: since when, and that it is tried again. Nobody should act on old figures unaware, so that all
 * is well is only said once figures have come that say so.
 */
export function ConnectionNotice(): ReactNode {
  const { toldAt } = useLiveSale();
  const now = useHowLive();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    if (now === 'lost' || now === 'partly') setTrouble(now);
    if (now !== 'open' || trouble === null) return undefined;
    const timer = setTimeout(() => setTrouble(null), CAUGHT_UP_MS);
    return () => clearTimeout(timer);
  }, [now, trouble]);
  if (now === 'lost')
    return (
      <div className="connection-notice bad" role="alert">
        <strong>Connection lost.</strong>{' '}
        {toldAt === null ? (
          'Nothing has arrived yet'
        ) : (
          <>
            What you see is as of <Moment at={toldAt} withDay={false} />
          </>
        )}
        ; it is tried again all the time.
      </div>
    );
  return (
    <div role="status">
      {trouble !== null && now === 'open' ? (
        <div className="connection-notice">
          <strong>{OVER[trouble]}</strong> What you see is live, and nothing is missing.
        </div>
      ) : null}
    </div>
  );
}
