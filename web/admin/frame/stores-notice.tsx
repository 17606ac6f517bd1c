import type { ReactNode } from 'react';
import { Moment } from '../../look/moment.js';
import { type Store, storesAway } from '../live/stores-away.js';
import { useSilentSince } from '../live/use-how-live.js';
import { useStats } from '../live/use-stats.js';
import type { Sale } from '../server.js';

const MEANS: Record<Store, string> = {
  Redis: 'Nothing new is held, released or prolonged. What is being paid for can still become an order.',
  Postgres: 'Requests wait to be decided; nothing is paid for, given back or changed.',
};

/** While a store is away, on every page: what that means for buyers, and that nobody has to do anything here. */
export function StoresNotice({ sale }: { sale: Sale | null }): ReactNode {
  const stats = useStats(sale);
  const silentSince = useSilentSince();
  const away = stats === null ? [] : storesAway(stats);
  return (
    <div role="status">
      {away.map((store) => (
        <div key={store} className="connection-notice bad">
          <strong>{store} is out of reach.</strong> {MEANS[store]} All goes on by itself when it is back.
        </div>
      ))}
      {silentSince === null ? null : (
        <div className="connection-notice bad">
          <strong>No new figures come.</strong> What you see is as of <Moment at={silentSince} withDay={false} />; the
          stores may be out of reach. It is tried again all the time.
        </div>
      )}
    </div>
  );
}
