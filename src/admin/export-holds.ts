import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { type CsvRow, UNIT_SEPARATOR } from './csv-text.js';
import type { HoldSearchQuery } from './hold-filter.js';
import type { HoldView } from './hold.view.js';
import { askedBy, ListHolds } from './list-holds.js';
import { type FilterAsked, type LiveHoldRow, LiveHolds } from './live-holds.js';

export const HOLD_COLUMNS = [
  ...[
    'id',
    'saleId',
    'customerId',
    'status',
    'skuId',
    'sku',
    'quantity',
    'units',
    'unitPrice',
    'lineTotal',
    'currency',
  ],
  ...['heldAt', 'expiresAt', 'checkoutExpiresAt', 'endsAt', 'extensions', 'forLatePayment'],
] as const;
/** Enough that a round trip is not felt, and under a megabyte. */
const PAGE = 500;

/** All live holds that fit, page after page, in the order in which they were held. */
@Injectable()
export class ExportHolds {
  constructor(
    private readonly holds: LiveHolds,
    private readonly listing: ListHolds,
    private readonly catalog: SaleCatalog,
    private readonly postgres: Postgres,
  ) {}

  /**
   * A row for each line of a hold. What was held when this was asked and still is when its page is read stands in it
   * once; neither key of the order ever changes. The first page is read at once. Throws what `LiveHolds` does.
   */
  async pages(search: HoldSearchQuery): Promise<AsyncIterable<readonly CsvRow[]>> {
    const [clock] = await this.postgres.query<{ now: Date }>('SELECT ledger_now() AS now');
    if (!clock) throw new Error('SELECT returned no row');
    const asked = { ...askedBy(search), at: clock.now };
    return this.following(asked, await this.after(asked, undefined));
  }

  private async *following(asked: FilterAsked, first: readonly LiveHoldRow[]): AsyncGenerator<CsvRow[]> {
    for (let rows = first; rows.length > 0;) {
      const { items } = await this.listing.viewed(rows);
      yield (await Promise.all(items.map((hold) => this.lines(hold)))).flat();
      rows = rows.length < PAGE ? [] : await this.after(asked, rows.at(-1));
    }
  }

  private after(asked: FilterAsked, last: LiveHoldRow | undefined): Promise<LiveHoldRow[]> {
    const cursor = last ? { sort: 'heldAt' as const, value: last.held_at.getTime(), id: last.id } : null;
    return this.holds.page(asked, 'heldAt', PAGE, cursor);
  }

  private async lines({ lines, ...hold }: HoldView): Promise<CsvRow[]> {
    const sale = await this.catalog.find(hold.saleId);
    return lines
      .filter(({ quantity }) => quantity > 0)
      .map(({ skuId, quantity, units, unitPrice }) => ({
        ...hold,
        ...{ skuId, sku: sale?.skuById.get(skuId)?.name, quantity, units: units.join(UNIT_SEPARATOR), unitPrice },
        lineTotal: quantity * unitPrice,
      }));
  }
}
