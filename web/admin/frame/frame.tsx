import type { ReactNode } from 'react';
import { Redirect, useRoute } from 'wouter';
import { FollowSale } from '../live/live-sale.js';
import type { Session } from '../server.js';
import { ConnectionNotice } from './connection.js';
import { Page } from './page.js';
import { PLACES, pathTo, type PlacePath } from './places.js';
import { StoresNotice } from './stores-notice.js';
import { TopBar } from './top-bar.js';
import { likeliest, useSales } from './use-sales.js';
import './frame.css';

const isPlace = (path: string | undefined): path is PlacePath => PLACES.some((place) => place.path === path);

/** What stands around every page: where one can go, which sale it is about, and whether what is shown is live. */
export function Frame({ session }: { session: Session }): ReactNode {
  const [, params] = useRoute('/:place?/:saleId?');
  const sales = useSales();
  const place = params?.place;
  if (!isPlace(place)) return <Redirect to="/tonight" replace />;
  const asked = sales.data?.find(({ id }) => id === params?.saleId) ?? null;
  const sale = asked ?? likeliest(sales.data ?? []);
  if (sale && params?.saleId === undefined) return <Redirect to={pathTo(place, sale.id)} replace />;
  return (
    <FollowSale key={sale?.id} sale={sale}>
      <a className="skip button" href="#content">
        Skip to the page
      </a>
      <TopBar session={session} place={place} sale={sale} sales={sales.data ?? []} />
      <ConnectionNotice />
      <StoresNotice sale={sale} />
      <main id="content" tabIndex={-1} className="content">
        <Page session={session} place={place} sale={sale} sales={sales} />
      </main>
    </FollowSale>
  );
}
