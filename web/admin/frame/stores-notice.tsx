import type { ReactNode } from 'react';
import { type Store, storesAway } from '../live/stores-away.js';
import { useStats } from '../live/use-stats.js';
import type { Sale } from '../server.js';

const MEANS: Record<Store, string> = {
  Redis: 'Nothing new is held, released or prolonged. What is being paid for can still become an order.',
  Postgres: 'Requests wait to be decided; nothing is paid for, given back or changed.',
};

/** While a store is away, on every page: what that means for buyers, and that nobody has to do anything here. */
export function StoresNotice({ sale }: { sale: Sale | null }): ReactNode {
  const stats = useStats(sale);
  const away = stats === null ? [] : storesAway(stats);
  return (
    <div role="status">
      {away.map((store) => (
        <div key={store} className="connection-notice bad">
          <strong>{store} is out of reach.</strong> {MEANS[store]} All goes on by itself when it is back.
        </div>
      ))}
    </div>
  );
}
