import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { encodeEvent, type EventStream } from '../platform/event-stream.js';
import { Log } from '../platform/logging.js';
import { isPassing, postgresUnavailable } from '../platform/postgres.js';
import { Ticker } from '../platform/ticker.js';
import { ChangeFeed, CHANGES_MAX, type ChangeRow } from './change-feed.js';
import type { FeedEvent } from './feed-events.js';
import { placeText } from './history-place.js';
import type { HistoryPlace } from './history-rows.js';
import { toHoldView } from './hold.view.js';
import { ReadHistory } from './read-history.js';
import { ReadStats } from './read-stats.js';
import type { HoldChange, HoldChanges } from './stats-events.dto.js';
import type { Stats } from './stats.dto.js';

/** Changes are told at most four times a second, the stats once. */
const CHANGES_MS = 250;
const STATS_MS = 1_000;
/** Whoever hears nothing for three of these may take the connection for lost, however long the stores take. */
const BEAT_MS = 3_000;
const TOO_MANY = 'More changed than can be told one by one: read the list of holds again.';

/** Where a stream begins, and what it tells first. */
export interface FeedBeginning {
  readonly saleId: string;
  readonly place: HistoryPlace;
  readonly stats: Stats;
}

interface Follower {
  readonly stream: EventStream;
  place: HistoryPlace;
}

/**
 * Tells operators who look at a sale what changes in it, from the history in Postgres: so that a stream goes on where it
 * was cut off, in whichever process. Each sale is read once a look, however many look at it. Changes, stats and the word
 * that the connection lives wait for none of the others: figures of a night when the stores are slow take their time.
 */
@Injectable()
export class FollowSale implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly followed = new Map<string, Set<Follower>>();
  private readonly tickers: readonly Ticker[];

  constructor(
    private readonly feed: ChangeFeed,
    private readonly history: ReadHistory,
    private readonly stats: ReadStats,
    log: Log,
  ) {
    const ticker = (name: string, everyMs: number, runOnce: () => Promise<unknown>): Ticker =>
      new Ticker(name, everyMs, runOnce, log.child({ part: 'admin' }));
    this.tickers = [
      ticker('sale-changes', CHANGES_MS, () => this.forEachSale((saleId, to) => this.tellChanges(saleId, to))),
      ticker('sale-stats', STATS_MS, () => this.forEachSale((saleId, to) => this.tellStats(saleId, to))),
      ticker('sale-beats', BEAT_MS, () => this.forEachSale((_saleId, to) => this.beat(to))),
    ];
  }

  onApplicationBootstrap(): void {
    for (const ticker of this.tickers) ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }

  /** `seen`: what a `Last-Event-ID` names; null begins with what happens from now on. Throws sale-not-found, store-unavailable. */
  async begin(saleId: string, seen: HistoryPlace | null): Promise<FeedBeginning> {
    try {
      // The place first: what happens while the stats are read is told then.
      const place = seen ?? (await this.feed.newest(saleId));
      return { saleId, place, stats: await this.stats.read(saleId) };
    } catch (error) {
      throw isPassing(error) ? postgresUnavailable() : error;
    }
  }

  follow(stream: EventStream, { saleId, place, stats }: FeedBeginning): void {
    const follower: Follower = { stream, place };
    const followers = this.followed.get(saleId) ?? new Set();
    this.followed.set(saleId, followers);
    followers.add(follower);
    stream.onClose(() => {
      followers.delete(follower);
      if (followers.size === 0) this.followed.delete(saleId);
    });
    stream.send({ event: 'stats', id: placeText(place), data: stats } satisfies FeedEvent);
  }

  /** For every sale that somebody follows. A store that is out of reach has nothing new to say; its readers stay. */
  private async forEachSale(tell: (saleId: string, to: ReadonlySet<Follower>) => Promise<void>): Promise<void> {
    await Promise.allSettled([...this.followed].map(([saleId, followers]) => tell(saleId, followers)));
  }

  private beat(followers: ReadonlySet<Follower>): Promise<void> {
    for (const { stream } of followers) stream.beat();
    return Promise.resolve();
  }

  private async tellStats(saleId: string, followers: ReadonlySet<Follower>): Promise<void> {
    const text = encodeEvent({ event: 'stats', data: await this.stats.read(saleId) } satisfies FeedEvent);
    for (const { stream } of followers) stream.write(text);
  }

  /** Those who are at the same place share one read, and after it all are. */
  private async tellChanges(saleId: string, followers: ReadonlySet<Follower>): Promise<void> {
    const places = new Map<string, Follower[]>();
    for (const follower of followers) {
      const name = placeText(follower.place);
      places.set(name, [...(places.get(name) ?? []), follower]);
    }
    for (const together of places.values()) await this.tellFrom(saleId, together);
  }

  private async tellFrom(saleId: string, together: readonly Follower[]): Promise<void> {
    const [first] = together;
    if (!first) return;
    const rows = await this.feed.after(saleId, first.place);
    const last = rows.at(-1);
    if (!last) return;
    const tooMany = rows.length > CHANGES_MAX;
    const place = tooMany ? await this.feed.newest(saleId) : { tx: last.tx, id: last.id };
    const event: FeedEvent = tooMany
      ? { event: 'reset', data: { saleId, why: TOO_MANY } }
      : { event: 'changes', data: await this.changes(saleId, rows) };
    const text = encodeEvent({ ...event, id: placeText(place) });
    for (const follower of together) {
      follower.place = place;
      follower.stream.write(text);
    }
  }

  private async changes(saleId: string, rows: readonly ChangeRow[]): Promise<HoldChanges> {
    const asOf = rows[0]?.now ?? new Date(0);
    const items = await Promise.all(rows.map((row) => this.change(row, asOf.getTime())));
    return { saleId, asOf: asOf.toISOString(), items };
  }

  private async change(row: ChangeRow, now: number): Promise<HoldChange> {
    const isLive = row.status === 'checkout' || (row.status === 'held' && !row.overdue);
    const held = { ...row, id: row.reservationId };
    const hold = isLive ? toHoldView(held, await this.history.saleOf(row), now) : null;
    return Object.assign(await this.history.entry(row), { hold });
  }
}
