import type { StreamState } from '@holdfast/client/follow-events';
import { type Availability, followSale, type Sale } from '@holdfast/client/follow-sale';
import { ProblemError } from '@holdfast/client/problem-error';
import { repeat } from '@holdfast/client/repeat';
import { useCallback, useEffect, useState } from 'react';
import { api, buyerHeaders, clock } from './server.js';
import { wireLog } from './wire-log.js';

export interface LiveSale {
  readonly sale: Sale;
  /** Null until the stream has told it. */
  readonly availability: Availability | null;
  readonly connection: StreamState;
}

export type SaleToShow = LiveSale | 'looking' | 'none' | ProblemError;

const KEPT = 'sale';

/** The sale of the address (`?sale=`), the one that this window had before, the demo's, or whichever is open. */
async function findSale(): Promise<Sale | null> {
  const asked = new URLSearchParams(location.search).get('sale') ?? sessionStorage.getItem(KEPT);
  const { data } = await repeat(() => api.GET('/v1/sales', { params: { query: { limit: 100 } } }));
  const sales = data?.items ?? [];
  const found =
    sales.find(({ id, slug }) => asked !== null && (id === asked || slug === asked)) ??
    sales.find(({ slug }) => slug === 'demo-drop') ??
    sales.find(({ status }) => status === 'open') ??
    sales[0] ??
    null;
  if (found) sessionStorage.setItem(KEPT, found.id);
  return found;
}

/** The sale that this window sells, and what can be had of it, as the server tells it. */
export function useSale(): { shown: SaleToShow; lookAgain: () => void } {
  const [shown, setShown] = useState<SaleToShow>('looking');
  const [saleId, setSaleId] = useState<string | null>(null);
  const look = useCallback(() => {
    setShown('looking');
    findSale()
      .then((sale) => {
        setShown(sale ? { sale, availability: null, connection: 'connecting' } : 'none');
        setSaleId(sale?.id ?? null);
      })
      .catch((error: unknown) => setShown(error instanceof ProblemError ? error : ProblemError.unreachable(error)));
  }, []);
  useEffect(look, [look]);
  useEffect(() => {
    if (saleId === null) return undefined;
    const change = (part: Partial<LiveSale>): void =>
      setShown((last) => (typeof last === 'object' && 'sale' in last ? { ...last, ...part } : last));
    return followSale({
      ...{ saleId, clock, headers: buyerHeaders },
      onSale: (sale) => {
        wireLog.note('event: sale', sale.status);
        change({ sale });
      },
      onAvailability: (availability) => change({ availability }),
      onState: (connection) => change({ connection }),
    });
  }, [saleId]);
  return { shown, lookAgain: look };
}
