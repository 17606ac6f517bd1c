import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Availability } from './availability.js';
import { SaleAvailability } from './availability.view.js';
import { PageQuery } from './page.query.js';
import { PublishedSales } from './published-sales.js';
import { PAGE_LIMIT } from './sale-limits.js';
import { SaleIdInPath, SaleList, SaleView, toSaleView } from './sale.view.js';

/** Keys belong to those who act on what they read; everybody else may get a copy that is up to 1 s old. */
const readsExactly = (caller: Caller): boolean => caller.kind === 'service' || caller.kind === 'admin';

@ApiTags('Sales')
@Allow('anonymous', 'buyer', 'service', 'admin')
@Controller('v1/sales')
export class SalesController {
  constructor(
    private readonly sales: PublishedSales,
    private readonly availability: Availability,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listSales',
    summary: 'Sales that are scheduled, open or paused, and those closed within the last day; the newest first',
  })
  @ApiOkResponse({ type: SaleList, description: 'A page; up to 1 s old for callers without a key' })
  async list(@Query() query: PageQuery, @CallerOf() caller: Caller): Promise<SaleList> {
    const { limit = PAGE_LIMIT.initial, cursor } = query;
    const exact = readsExactly(caller);
    const { items, nextCursor } = await (exact
      ? this.sales.exactPage(limit, cursor)
      : this.sales.recentPage(limit, cursor));
    return { items: items.map(toSaleView), nextCursor };
  }

  @Get(':saleId')
  @ApiOperation({ operationId: 'getSale', summary: 'One sale. A draft is not there for the public' })
  @ApiOkResponse({ type: SaleView, description: 'The sale; up to 1 s old for callers without a key' })
  @SaleIdInPath()
  @ApiProblems('sale-not-found')
  async read(@Param('saleId') saleId: string, @CallerOf() caller: Caller): Promise<SaleView> {
    const exact = readsExactly(caller);
    return toSaleView(await (exact ? this.sales.exact(saleId) : this.sales.recent(saleId)));
  }

  @Get(':saleId/availability')
  @ApiOperation({ operationId: 'getAvailability', summary: 'What of each SKU can be had now' })
  @ApiOkResponse({ type: SaleAvailability, description: 'Exact with a key; else up to 1 s old' })
  @SaleIdInPath()
  @ApiProblems('sale-not-found')
  async readAvailability(@Param('saleId') saleId: string, @CallerOf() caller: Caller): Promise<SaleAvailability> {
    if (readsExactly(caller)) return this.availability.exact(await this.sales.exactOrKnown(saleId));
    return this.availability.recent(await this.sales.recent(saleId));
  }
}
