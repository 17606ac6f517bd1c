import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { api, type Sale, type Session, setSession } from '../server.js';
import { ConnectionPill } from './connection.js';
import { PLACES, pathTo, type PlacePath } from './places.js';
import { useNewSales } from './use-sales.js';

interface TopBarParts {
  readonly session: Session;
  readonly place: PlacePath;
  readonly sale: Sale | null;
  readonly sales: readonly Sale[];
}

async function signOut(): Promise<void> {
  await api.DELETE('/v1/admin/session');
  setSession(null);
}

/** The bar above every page. */
export function TopBar({ session, place, sale, sales }: TopBarParts): ReactNode {
  const [, navigate] = useLocation();
  const leaving = useMutation({ mutationFn: signOut });
  useNewSales(sale);
  const nav = useRef<HTMLElement>(null);
  // On a phone not all of them fit; the one that is open is in sight.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [place]);
  return (
    <header className="top-bar">
      <div className="top-line">
        <Link className="wordmark" href={pathTo('tonight', sale?.id ?? null)}>
          Holdfast
        </Link>
        {sales.length === 0 ? null : (
          <select
            aria-label="The sale that is looked at"
            value={sale?.id}
            onChange={(event) => navigate(pathTo(place, event.target.value))}
          >
            {sales.map(({ id, name, status }) => (
              <option key={id} value={id}>
                {name} · {status}
              </option>
            ))}
          </select>
        )}
        {sale === null ? null : <ConnectionPill />}
        <span className="who small soft">{session.name}</span>
        <button className="button quiet small" disabled={leaving.isPending} onClick={() => leaving.mutate()}>
          Sign out
        </button>
      </div>
      <nav aria-label="Pages" ref={nav}>
        {PLACES.map(({ path, name }) => (
          <Link key={path} href={pathTo(path, sale?.id ?? null)} aria-current={path === place ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
    </header>
  );
}
