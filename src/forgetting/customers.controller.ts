import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { CustomerExport, CustomerParam, EraseBody, Erasure, ExportQuery } from './customer.dto.js';
import { EraseCustomer } from './erase-customer.js';
import { ExportCustomer } from './export-customer.js';

@ApiTags('Admin: customers')
@Allow('admin')
@Controller('v1/admin/customers/:customerId')
export class CustomersController {
  constructor(
    private readonly exporting: ExportCustomer,
    private readonly erasing: EraseCustomer,
  ) {}

  @Get('export')
  @ApiOperation({
    operationId: 'exportCustomer',
    summary: 'Everything that is held of a customer, in pages of one kind of record each',
  })
  @ApiOkResponse({ type: CustomerExport, description: 'A page; follow nextCursor until it is null' })
  export(@Param() { customerId }: CustomerParam, @Query() { limit, cursor }: ExportQuery): Promise<CustomerExport> {
    return this.exporting.page(customerId, limit, cursor);
  }

  @Post('erase')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'eraseCustomer',
    summary: 'Puts a pseudonym in the customer’s place, everywhere and for good; orders and units stay',
  })
  @ApiOkResponse({ type: Erasure, description: 'Erased, or (dry run) what would be; a repeat is the same' })
  @ApiProblems('customer-has-holds')
  erase(
    @Param() { customerId }: CustomerParam,
    @Body() { reason, dryRun = false }: EraseBody,
    @CallerOf() caller: Caller,
  ): Promise<Erasure> {
    return this.erasing.erase({ customerId, reason, dryRun, actor: actorOf(caller) });
  }
}
