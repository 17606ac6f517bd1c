import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { DocumentedEvents, EventOf } from '../platform/documented-events.js';
import { type EventStream, encodeEvent } from '../platform/event-stream.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { Availability } from './availability.js';
import { SaleAvailability } from './availability.view.js';
import { PublishedSales } from './published-sales.js';
import type { CatalogSale } from './sale-catalog.js';
import { AVAILABILITY_EXAMPLE, SALE_EXAMPLE } from './sale-examples.js';
import { SaleView, toSaleView } from './sale.view.js';

/** At most four events a second. */
const LOOK_MS = 250;

export const SALE_EVENTS = {
  sale: {
    payload: SaleView,
    example: SALE_EXAMPLE,
    summary: 'The sale as everybody may see it: at once, then whenever it has changed',
  },
  availability: {
    payload: SaleAvailability,
    example: AVAILABILITY_EXAMPLE,
    summary: 'What can be had: at once, then whenever a count has changed, at most four times a second',
  },
} as const satisfies DocumentedEvents;

type SaleEvent = EventOf<typeof SALE_EVENTS>;

/** What readers have been shown, but for the time of the count. */
interface Shown {
  readonly sale: string;
  readonly availability: string;
}

interface Followed {
  readonly streams: Set<EventStream>;
  shown: Shown;
}

/** Tells everybody who looks at a sale what can be had. Each sale is read four times a second, however many look. */
@Injectable()
export class SaleEvents implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly followed = new Map<string, Followed>();
  private readonly ticker: Ticker;

  constructor(
    private readonly sales: PublishedSales,
    private readonly availability: Availability,
    log: Log,
  ) {
    this.ticker = new Ticker('sale-events', LOOK_MS, () => this.runOnce(), log.child({ part: 'sales' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** Sends the sale and its counts, as they were read a moment ago, and again whenever they have changed. */
  follow(stream: EventStream, sale: CatalogSale, counts: SaleAvailability): void {
    const view = toSaleView(sale);
    const followed = this.followed.get(sale.id) ?? { streams: new Set(), shown: shownOf(view, counts) };
    this.followed.set(sale.id, followed);
    // The others may have been told newer counts already, and nothing may ever change again: the next look tells it to all.
    followed.shown = shownOf(view, counts);
    followed.streams.add(stream);
    stream.onClose(() => this.leave(sale.id, stream));
    stream.send({ event: 'sale', data: view } satisfies SaleEvent);
    stream.send({ event: 'availability', data: counts } satisfies SaleEvent);
  }

  /** One look at every sale that somebody follows; returns how many events went out. */
  async runOnce(): Promise<number> {
    const sent = await Promise.allSettled([...this.followed].map(([saleId, followed]) => this.look(saleId, followed)));
    // A sale whose stores are out of reach has nothing new to say; its readers stay.
    return sent.reduce((sum, look) => sum + (look.status === 'fulfilled' ? look.value : 0), 0);
  }

  private async look(saleId: string, followed: Followed): Promise<number> {
    const sale = await this.sales.recent(saleId);
    const view = toSaleView(sale);
    const counts = await this.availability.exact(sale);
    const now = shownOf(view, counts);
    const events: SaleEvent[] = [];
    if (now.sale !== followed.shown.sale) events.push({ event: 'sale', data: view });
    if (now.availability !== followed.shown.availability) events.push({ event: 'availability', data: counts });
    followed.shown = now;
    for (const text of events.map(encodeEvent)) for (const stream of followed.streams) stream.write(text);
    return events.length * followed.streams.size;
  }

  private leave(saleId: string, stream: EventStream): void {
    const followed = this.followed.get(saleId);
    followed?.streams.delete(stream);
    if (followed?.streams.size === 0) this.followed.delete(saleId);
  }
}

function shownOf(view: SaleView, counts: SaleAvailability): Shown {
  return { sale: JSON.stringify(view), availability: JSON.stringify([counts.status, counts.stale, counts.skus]) };
}
