import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Sale, sentenceOf } from '../server.js';
import { TonightPage } from '../tonight/tonight-page.js';
import type { PlacePath } from './places.js';

interface PageParts {
  readonly place: PlacePath;
  readonly sale: Sale | null;
  readonly sales: UseQueryResult<Sale[]>;
}

/** The page of a place. */
export function Page({ place, sale, sales }: PageParts): ReactNode {
  if (sales.isPending) return <p className="soft">Reading the sales …</p>;
  if (sales.isError)
    return (
      <div className="notice bad" role="alert">
        {sentenceOf(sales.error)}
      </div>
    );
  switch (place) {
    case 'tonight':
      return sale ? <TonightPage key={sale.id} sale={sale} /> : <NoSale />;
    default:
      return <NoSale />;
  }
}

function NoSale(): ReactNode {
  return (
    <div className="empty">
      <h1>There is no sale yet.</h1>
      <p>Make one, give it something to sell, and open it. Everything that happens then is shown here as it happens.</p>
    </div>
  );
}
