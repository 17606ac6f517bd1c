import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { invalid } from '../platform/validation.js';
import { knowsHeld } from '../sales/known-lines.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { CancelOrderBody } from './cancel-order.body.js';
import { CancelOrder, notFound } from './cancel-order.js';
import { ListOrdersQuery, OrderList } from './checkout.dto.js';
import { FindOrders } from './find-orders.js';
import { type Order, OrderIdInPath, OrderResource, toOrderResource } from './order.js';

const PAGE = 50;
const ORDER_ID = /^ord_[a-z0-9]{1,40}$/;

@ApiTags('Orders')
@Allow('buyer', 'service', 'admin')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly orders: FindOrders,
    private readonly cancelling: CancelOrder,
    private readonly catalog: SaleCatalog,
  ) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getOrder', summary: "An order; another customer's is not found" })
  @OrderIdInPath()
  @ApiOkResponse({ type: OrderResource, description: 'The order' })
  @ApiProblems('order-not-found')
  async read(@Param('id') id: string, @CallerOf() caller: Caller): Promise<OrderResource> {
    const order = ORDER_ID.test(id) ? await this.orders.find(id) : null;
    const theirs = caller.kind === 'buyer' && order?.customerId !== caller.customerId;
    if (!order || theirs) throw notFound();
    return this.resource(order);
  }

  @Get()
  @ApiOperation({
    operationId: 'listOrders',
    summary: 'Orders, the newest first',
    description: 'A buyer sees their own, whatever `customerId` says.',
  })
  @ApiOkResponse({ type: OrderList, description: 'A page' })
  async list(@Query() query: ListOrdersQuery, @CallerOf() caller: Caller): Promise<OrderList> {
    const { cursor: after, limit = PAGE, ...asked } = query;
    const filter = caller.kind === 'buyer' ? { ...asked, customerId: caller.customerId } : asked;
    const found = await this.orders.list({ ...filter, ...(after === undefined ? {} : { after }), limit: limit + 1 });
    if (found.length === 0 && after !== undefined) await this.refuseStranger(after, filter.customerId);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: await Promise.all(page.map((order) => this.resource(order))),
      nextCursor: found.length > limit && last ? last.id : null,
    };
  }

  @Post(':id/cancel')
  @Allow('service', 'admin')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelOrder',
    summary: 'Cancels an order, with or without putting its units back on sale',
    description: 'Once, in one way: the same again is the same answer, the other way is refused.',
  })
  @OrderIdInPath()
  @ApiOkResponse({
    type: OrderResource,
    description: 'Cancelled; with restock its units are on their way back on sale. A repeat is the same',
  })
  @ApiProblems('order-not-found', 'order-state-conflict')
  async cancel(
    @Param('id') id: string,
    @Body() { restock, reason }: CancelOrderBody,
    @CallerOf() caller: Caller,
  ): Promise<OrderResource> {
    if (!ORDER_ID.test(id)) throw notFound();
    return this.resource(await this.cancelling.cancel(id, { restock, reason, actor: actorOf(caller) }));
  }

  /** The end of a list is empty too; that of a cursor which nobody was given would look the same. */
  private async refuseStranger(cursor: string, customerId: string | undefined): Promise<void> {
    const order = await this.orders.find(cursor);
    if (order && (customerId === undefined || order.customerId === customerId)) return;
    throw invalid([
      { pointer: '?cursor', detail: 'is not a cursor of this list; leave it out to begin at the first page' },
    ]);
  }

  private async resource(order: Order): Promise<OrderResource> {
    const copy = await this.catalog.find(order.saleId);
    const sale = copy && !knowsHeld(copy, order.lines) ? await this.catalog.fresh(order.saleId) : copy;
    return toOrderResource(order, sale);
  }
}
