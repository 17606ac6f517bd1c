import { useQuery } from '@tanstack/react-query';
import { api, type Sale } from '../server.js';
import { type Stats, useLiveSale } from './live-sale.js';

/** Nothing tells of what is of no sale; it is asked for. */
const LOOK_MS = 5_000;

/** Counts, rates, queues and processes, as the server tells them each second. */
export function useStats(sale: Sale | null): Stats | null {
  const { stats } = useLiveSale();
  const { data } = useQuery({
    queryKey: ['stats'],
    queryFn: async () => (await api.GET('/v1/admin/stats')).data ?? null,
    ...{ enabled: sale === null, refetchInterval: LOOK_MS },
  });
  return sale === null ? (data ?? null) : stats;
}
