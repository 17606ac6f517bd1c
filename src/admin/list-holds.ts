import { Injectable } from '@nestjs/common';
import { RedisClock } from '../platform/redis-clock.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { AsRedisSays } from './as-redis-says.js';
import { decodeHoldCursor, encodeHoldCursor } from './hold-cursor.js';
import { HOLDS_PER_PAGE, type HoldSearchQuery, type HoldSort, type ListHoldsQuery } from './hold-filter.js';
import { type HoldPage, type HoldView, saleOfHold, toHoldView } from './hold.view.js';
import { type FilterAsked, type LiveHoldRow, LiveHolds } from './live-holds.js';

/** Pages of live holds. */
@Injectable()
export class ListHolds {
  constructor(
    private readonly holds: LiveHolds,
    private readonly redis: AsRedisSays,
    private readonly catalog: SaleCatalog,
    private readonly clock: RedisClock,
  ) {}

  /**
   * A page of the holds that fit, as both stores have them now. The cursor is of the last row that was looked at, so holds
   * that begin, end or are extended meanwhile hide no other. Throws what `LiveHolds` does, invalid-request.
   */
  async page({ sort = 'expiresAt', limit, cursor, ...search }: ListHoldsQuery): Promise<HoldPage> {
    const entries = limit ?? HOLDS_PER_PAGE.initial;
    const after = cursor === undefined ? null : decodeHoldCursor(cursor, sort);
    const asked = askedBy(search);
    const [rows, counted] = await Promise.all([
      this.holds.page(asked, sort, entries + 1, after),
      after === null ? this.holds.count(asked) : null,
    ]);
    const page = rows.slice(0, entries);
    const last = rows.length > entries ? page.at(-1) : undefined;
    return {
      ...(await this.viewed(page)),
      nextCursor: last ? encodeHoldCursor({ sort, value: keyOf(last, sort), id: last.id }) : null,
      total: counted,
    };
  }

  /** The first of a filter, by when they end. */
  async first(asked: FilterAsked, limit: number): Promise<HoldView[]> {
    return (await this.viewed(await this.holds.page(asked, 'expiresAt', limit, null))).items;
  }

  /** These rows as both stores have them now; those that are over by now are left out. */
  async viewed(rows: readonly LiveHoldRow[]): Promise<Pick<HoldPage, 'items' | 'asOf' | 'stale'>> {
    const { rows: standing, now, stale } = await this.redis.of(rows);
    const asOf = now ?? this.clock.now() ?? performance.timeOrigin + performance.now();
    const views = standing.map(async (row) => toHoldView(row, await saleOfHold(this.catalog, row), asOf));
    return { items: await Promise.all(views), asOf: new Date(asOf).toISOString(), stale };
  }
}

/** A search in the words of `LiveHolds`. */
export function askedBy({ reservationId, ...filter }: HoldSearchQuery): FilterAsked {
  return { ...filter, ...(reservationId !== undefined && { reservationIds: [reservationId] }) };
}

/** What the row is sorted by, as the cursor names it. */
function keyOf(row: LiveHoldRow, sort: HoldSort): string | number {
  if (sort.endsWith('customer')) return row.customer_id;
  return (sort.endsWith('heldAt') ? row.held_at : row.ends_at).getTime();
}
