import { createContext, type ReactNode, useContext, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import type { StreamState } from '../../client/follow-events.js';
import { clock, queries } from '../server.js';
import { useStream } from './use-stream.js';

type Availability = Schemas['SaleAvailability'];
type PublicSale = Schemas['SaleView'];

/** What the server last said of the sale that is looked at, and whether it still says something. */
export interface LiveSale {
  readonly connection: StreamState;
  readonly availability: Availability | null;
  readonly sale: PublicSale | null;
}

const NOTHING: LiveSale = { connection: 'over', availability: null, sale: null };
const Context = createContext<LiveSale>(NOTHING);

export const useLiveSale = (): LiveSale => useContext(Context);

/** Follows one sale for all that stands in it; a draft has nothing to follow yet. */
export function FollowSale({ saleId, children }: { saleId: string | null; children: ReactNode }): ReactNode {
  const [told, setTold] = useState<{ saleId: string; availability: Availability | null; sale: PublicSale | null }>();
  const connection = useStream(saleId === null ? null : `/v1/sales/${saleId}/events`, ({ event, data }) => {
    if (saleId === null) return;
    const before = told?.saleId === saleId ? told : { saleId, availability: null, sale: null };
    if (event === 'availability') {
      const availability = data as Availability;
      clock.observe(availability.asOf);
      setTold((last) => ({ ...(last?.saleId === saleId ? last : before), availability }));
    }
    if (event === 'sale') {
      setTold((last) => ({ ...(last?.saleId === saleId ? last : before), sale: data as PublicSale }));
      void queries.invalidateQueries({ queryKey: ['sales'] });
    }
  });
  const mine = told?.saleId === saleId ? told : null;
  const live = { connection, availability: mine?.availability ?? null, sale: mine?.sale ?? null };
  return <Context value={saleId === null ? NOTHING : live}>{children}</Context>;
}
