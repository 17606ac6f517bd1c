import { Injectable } from '@nestjs/common';
import { FindOrders, type OrderFilter } from '../checkout/find-orders.js';
import { type Order, toOrderResource } from '../checkout/order.js';
import { knowsHeld } from '../sales/known-lines.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { type CsvRow, UNIT_SEPARATOR } from './csv-text.js';

export const ORDER_COLUMNS = [
  ...['id', 'reservationId', 'saleId', 'customerId', 'status', 'skuId', 'sku', 'quantity', 'units', 'unitPrice'],
  ...['lineTotal', 'currency', 'paymentReference', 'confirmedAt', 'cancelledAt', 'restocked'],
] as const;
const PAGE = 500;

type OrdersWanted = Omit<OrderFilter, 'id' | 'after' | 'limit'>;

/** All orders that fit, page after page, the newest first. */
@Injectable()
export class ExportOrders {
  constructor(
    private readonly orders: FindOrders,
    private readonly catalog: SaleCatalog,
  ) {}

  /** A row for each line of an order; those that are made meanwhile are not in it. The first page is read at once. */
  async pages(filter: OrdersWanted): Promise<AsyncIterable<readonly CsvRow[]>> {
    return this.following(filter, await this.orders.list({ ...filter, limit: PAGE }));
  }

  private async *following(filter: OrdersWanted, first: readonly Order[]): AsyncGenerator<CsvRow[]> {
    for (let orders = first, last = orders.at(-1); last; last = orders.at(-1)) {
      yield (await Promise.all(orders.map((order) => this.lines(order)))).flat();
      orders = orders.length < PAGE ? [] : await this.orders.list({ ...filter, limit: PAGE, after: last.id });
    }
  }

  private async lines(order: Order): Promise<CsvRow[]> {
    const copy = await this.catalog.find(order.saleId);
    const sale = copy && !knowsHeld(copy, order.lines) ? await this.catalog.fresh(order.saleId) : copy;
    const { lines, ...resource } = toOrderResource(order, sale);
    return lines.map(({ skuId, quantity, units, unitPrice }) => ({
      ...resource,
      ...{ skuId, sku: sale?.skuById.get(skuId)?.name, quantity, units: units.join(UNIT_SEPARATOR), unitPrice },
      lineTotal: quantity * unitPrice,
    }));
  }
}
