import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ListHoldsQuery } from './hold-filter.js';
import { HoldPage } from './hold.view.js';
import { ListHolds } from './list-holds.js';

@ApiTags('Admin: holds')
@Allow('admin')
@Controller('v1/admin/holds')
export class HoldsController {
  constructor(private readonly listing: ListHolds) {}

  @Get()
  @ApiOperation({
    operationId: 'listHolds',
    summary: 'Live holds and checkouts, filtered and sorted; pages stay stable while holds change',
    description:
      'As both stores have them at this moment. The cursor names the last hold that was looked at: a hold that is extended ' +
      'meanwhile may come again further on, none is left out.',
  })
  @ApiOkResponse({ type: HoldPage, description: 'A page' })
  @ApiProblems('sale-not-found', 'sku-not-found', 'unit-unknown')
  list(@Query() query: ListHoldsQuery): Promise<HoldPage> {
    return this.listing.page(query);
  }
}
