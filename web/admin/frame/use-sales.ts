import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useStats } from '../live/use-stats.js';
import { api, queries, type Sale } from '../server.js';

const SALES_MAX = 500;

/** Every sale, the newest first. */
async function readSales(): Promise<Sale[]> {
  const sales: Sale[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor !== null && { cursor }) };
    const { data } = await api.GET('/v1/admin/sales', { params: { query } });
    sales.push(...(data?.items ?? []));
    cursor = data?.nextCursor ?? null;
  } while (cursor !== null && sales.length < SALES_MAX);
  return sales;
}

export function useSales(): UseQueryResult<Sale[]> {
  return useQuery({ queryKey: ['sales'], queryFn: readSales });
}

/** What operators and scripts do to any sale, or that they make one, stands in the audit log: the list is read again. */
export function useNewSales(sale: Sale | null): void {
  const newest = useStats(sale)?.lastAuditId ?? null;
  useEffect(() => {
    if (newest !== null) void queries.invalidateQueries({ queryKey: ['sales'] });
  }, [newest]);
}

const INTEREST: Record<Sale['status'], number> = { open: 0, paused: 1, scheduled: 2, draft: 3, closed: 4 };

/** The sale that an operator most likely means: one that is on, else one that will be. */
export function likeliest(sales: readonly Sale[]): Sale | null {
  return [...sales].sort((a, b) => INTEREST[a.status] - INTEREST[b.status])[0] ?? null;
}
