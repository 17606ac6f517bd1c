import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../client/api-client.js';
import { api, clock, queries } from '../server.js';
import { useStream } from './use-stream.js';

export type Stats = Schemas['Stats'];

function note(stats: Stats): Stats {
  clock.observe(stats.asOf);
  return stats;
}

async function readStats(saleId: string | null): Promise<Stats | null> {
  const query = saleId === null ? {} : { saleId };
  const { data } = await api.GET('/v1/admin/stats', { params: { query } });
  return data ? note(data) : null;
}

const isStats = (value: unknown): value is Stats =>
  typeof value === 'object' && value !== null && 'workersAlive' in value;

/** Counts, rates, queues and processes: once at first, and from then on as the server tells them. */
export function useStats(saleId: string | null): Stats | null {
  const key = ['stats', saleId];
  const { data } = useQuery({ queryKey: key, queryFn: () => readStats(saleId) });
  useStream(`/v1/admin/stats/events${saleId === null ? '' : `?saleId=${saleId}`}`, ({ event, data: told }) => {
    if (event === 'stats' && isStats(told)) queries.setQueryData(key, note(told));
  });
  return data ?? null;
}
