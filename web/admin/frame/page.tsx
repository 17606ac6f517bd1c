import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Sale, Session } from '../server.js';
import { AuditPage } from '../audit/audit-page.js';
import { HoldsPage } from '../holds/holds-page.js';
import { KeysPage } from '../keys/keys-page.js';
import { Reading } from '../live/reading.js';
import { OrdersPage } from '../orders/orders-page.js';
import { QueuesPage } from '../queues/queues-page.js';
import { SalePage } from '../sale/sale-page.js';
import { TonightPage } from '../tonight/tonight-page.js';
import type { PlacePath } from './places.js';

interface PageParts {
  readonly session: Session;
  readonly place: PlacePath;
  readonly sale: Sale | null;
  readonly sales: UseQueryResult<Sale[]>;
}

/** The page of a place. */
export function Page({ session, place, sale, sales }: PageParts): ReactNode {
  if (!sales.isSuccess) return <Reading of={sales} what="Reading the sales …" />;
  switch (place) {
    case 'tonight':
      return sale ? <TonightPage key={sale.id} sale={sale} /> : <NoSale />;
    case 'holds':
      return sale ? <HoldsPage key={sale.id} sale={sale} /> : <NoSale />;
    case 'sale':
      return <SalePage key={sale?.id} sale={sale} />;
    case 'orders':
      return sale ? <OrdersPage key={sale.id} sale={sale} /> : <NoSale />;
    case 'audit':
      return <AuditPage sale={sale} />;
    case 'queues':
      return <QueuesPage key={sale?.id} sale={sale} />;
    case 'keys':
      return <KeysPage session={session} />;
  }
}

function NoSale(): ReactNode {
  return (
    <div className="empty">
      <h1>There is no sale yet.</h1>
      <p>Make one, give it something to sell, and open it. Everything that happens then is shown here as it happens.</p>
      <Link className="button main" href="/sale">
        Make a sale
      </Link>
    </div>
  );
}
