import { type ReactNode, useEffect, useState } from 'react';
import type { StreamState } from '../../client/follow-events.js';
import { Moment } from '../../look/moment.js';
import { useLiveSale } from '../live/live-sale.js';

const SAID: Record<StreamState, readonly [string, string]> = {
  connecting: ['still', 'Connecting …'],
  open: ['good', 'Live'],
  lost: ['bad', 'Connection lost'],
  over: ['still', 'Not live'],
};

/** Whether what is shown is what is. */
export function ConnectionPill(): ReactNode {
  const { connection } = useLiveSale();
  const [kind, text] = SAID[connection];
  return (
    <span role="status" className="connection">
      <span className={`pill ${kind}`}>{text}</span>
    </span>
  );
}

/** So long it is said that the page has caught up. */
const CAUGHT_UP_MS = 6_000;

/** While nothing arrives: since when, and that it is tried again. Nobody should act on old figures unaware. */
export function ConnectionNotice(): ReactNode {
  const { connection, toldAt } = useLiveSale();
  const [wasLost, setWasLost] = useState(false);
  useEffect(() => {
    if (connection === 'lost') setWasLost(true);
    if (connection !== 'open' || !wasLost) return undefined;
    const timer = setTimeout(() => setWasLost(false), CAUGHT_UP_MS);
    return () => clearTimeout(timer);
  }, [connection, wasLost]);
  if (connection === 'lost')
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
      {wasLost && connection === 'open' ? (
        <div className="connection-notice">
          <strong>Connected again.</strong> What you see is live, and nothing is missing.
        </div>
      ) : null}
    </div>
  );
}
