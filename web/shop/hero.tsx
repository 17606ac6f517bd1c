import type { ReactNode } from 'react';
import { countText } from '../look/amount.js';
import { countdownText, Moment } from '../look/moment.js';
import { sumOf } from '../look/stock-bar.js';
import { useClock } from './use-clock.js';
import type { LiveSale } from './use-sale.js';

/** What is on, and how it goes, as a poster. */
export function Hero({ sale, availability, connection }: LiveSale): ReactNode {
  const all = availability ? sumOf(availability.skus) : null;
  return (
    <header className="hero">
      <h1>{sale.name}</h1>
      <p className="hero-status" role="status">
        <Status sale={sale} />
      </p>
      {all ? (
        <dl className="hero-figures">
          <Figure name="left" count={all.available} />
          <Figure name="held" count={all.held + all.checkout} />
          <Figure name="sold" count={all.sold} />
        </dl>
      ) : null}
      {connection === 'lost' ? (
        <p className="hero-note" role="status">
          Connection lost: these are the counts from before. Trying again …
        </p>
      ) : null}
      {connection !== 'lost' && availability?.stale === true ? (
        <p className="hero-note">A store is out of reach: the counts may be behind.</p>
      ) : null}
    </header>
  );
}

function Figure({ name, count }: { name: string; count: number }): ReactNode {
  return (
    <div>
      <dd>{countText(count)}</dd>
      <dt>{name}</dt>
    </div>
  );
}

function Status({ sale: { status, opensAt, closesAt } }: { sale: LiveSale['sale'] }): ReactNode {
  const now = useClock();
  if (status === 'scheduled' && opensAt !== null)
    return (
      <>
        <span className="pill still">not open yet</span> Opens in {countdownText(Date.parse(opensAt) - now)}
      </>
    );
  if (status === 'paused')
    return (
      <>
        <span className="pill caution">paused</span> It goes on soon. What you hold stays yours until its time is up.
      </>
    );
  if (status === 'closed')
    return (
      <>
        <span className="pill still">over</span> What you have bought stays yours.
      </>
    );
  return (
    <>
      <span className="pill good">on sale</span>
      {closesAt === null ? null : (
        <>
          {' '}
          until <Moment at={closesAt} />
        </>
      )}
    </>
  );
}
