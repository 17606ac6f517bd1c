import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import type { ServerEvent } from '../../client/event-lines.js';
import type { StreamState } from '../../client/follow-events.js';
import { clock, queries, type Sale } from '../server.js';
import { useStream } from './use-stream.js';

export type Stats = Schemas['Stats'];
type Availability = Schemas['SaleAvailability'];
type PublicSale = Schemas['SaleView'];

/** What the server last said of the sale that is looked at, and whether it still says something. */
export interface LiveSale {
  readonly connection: StreamState;
  /** When `stats` came, by the page's own clock, in ms; null: none since the connection was made (again). */
  readonly figuresAt: number | null;
  /** When it last said something, by its own clock. */
  readonly toldAt: string | null;
  readonly availability: Availability | null;
  readonly sale: PublicSale | null;
  readonly stats: Stats | null;
}

type HoldChanges = Schemas['HoldChanges'];

/** What happened to holds, in its order; `reset`: more than can be told, so that they are to be read again. */
export type HoldNews = { readonly kind: 'changes'; readonly items: HoldChanges['items'] } | { readonly kind: 'reset' };
type Listen = (listener: (news: HoldNews) => void) => () => void;

const NOTHING: LiveSale = {
  ...{ connection: 'over', figuresAt: null, toldAt: null },
  ...{ availability: null, sale: null, stats: null },
};
const Context = createContext<LiveSale>(NOTHING);
const Feed = createContext<Listen>(() => () => undefined);

export const useLiveSale = (): LiveSale => useContext(Context);
/** Whoever listens is told of each change of a hold, and on the way of nothing else. */
export const useHoldFeed = (): Listen => useContext(Feed);

const has = (value: unknown, name: string): boolean => typeof value === 'object' && value !== null && name in value;
const isStats = (value: unknown): value is Stats => has(value, 'workersAlive');
const isChanges = (value: unknown): value is HoldChanges => has(value, 'items');
const isAvailability = (value: unknown): value is Availability => has(value, 'skus') && has(value, 'asOf');
const isSale = (value: unknown): value is PublicSale => has(value, 'slug');

/** The operators' stream says every 3 s that it lives: after so long it is lost, whatever it looks like. */
const SILENCE_MS_MAX = 10_000;

/** Follows one sale for all that stands in it; of a draft only what operators see. Give it a `key`: another sale, another life. */
export function FollowSale({ sale, children }: { sale: Sale | null; children: ReactNode }): ReactNode {
  const [told, setTold] = useState<Omit<LiveSale, 'connection'>>(NOTHING);
  const listeners = useRef(new Set<(news: HoldNews) => void>());
  const listen = useCallback<Listen>((listener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);
  const note = (asOf: string, part: Partial<LiveSale>): void => {
    clock.observe(asOf);
    setTold((last) => ({ ...last, ...part, toldAt: asOf }));
  };
  const spread = (news: HoldNews): void => {
    for (const listener of listeners.current) listener(news);
  };
  const ofSale = useStream(publicUrl(sale), ({ event, data }) => {
    if (event === 'availability' && isAvailability(data)) note(data.asOf, { availability: data });
    if (event !== 'sale' || !isSale(data)) return;
    setTold((last) => ({ ...last, sale: data }));
    void queries.invalidateQueries({ queryKey: ['sales'] });
  });
  const hear = ({ event, data }: ServerEvent): void => {
    if (event === 'stats' && isStats(data)) note(data.asOf, { stats: data, figuresAt: performance.now() });
    if (event === 'changes' && isChanges(data)) spread({ kind: 'changes', items: data.items });
    if (event === 'reset') spread({ kind: 'reset' });
  };
  const ofOperators = useStream(sale && `/v1/admin/stats/events?saleId=${sale.id}`, hear, SILENCE_MS_MAX);
  useEffect(() => {
    if (ofOperators === 'lost') setTold((last) => ({ ...last, figuresAt: null }));
  }, [ofOperators]);
  const connection = sale === null ? 'over' : worse(ofOperators, publicUrl(sale) === null ? ofOperators : ofSale);
  const live = useMemo(() => ({ ...told, connection }), [told, connection]);
  return (
    <Feed value={listen}>
      <Context value={live}>{children}</Context>
    </Feed>
  );
}

/** A draft is nobody's to see yet. */
const publicUrl = (sale: Sale | null): string | null =>
  sale === null || sale.status === 'draft' ? null : `/v1/sales/${sale.id}/events`;

const BADNESS: Record<StreamState, number> = { open: 0, over: 1, connecting: 2, lost: 3 };
const worse = (one: StreamState, other: StreamState): StreamState => (BADNESS[one] > BADNESS[other] ? one : other);
