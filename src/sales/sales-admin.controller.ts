import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Postgres } from '../platform/postgres.js';
import { BodyLimit } from '../platform/route-traits.js';
import { Problem } from '../problems.js';
import { ChangeSaleBody, ReasonBody } from './change-sale.body.js';
import { ChangeSale } from './change-sale.js';
import { CreateSaleBody } from './create-sale.body.js';
import { CreateSale } from './create-sale.js';
import { listSales } from './list-sales.js';
import { PageQuery } from './page.query.js';
import { CREATE_SALE_BODY_BYTES_MAX, PAGE_LIMIT } from './sale-limits.js';
import { readSale } from './sale-record.js';
import type { SaleCommand } from './sale-states.js';
import { AdminSaleList, AdminSaleView, SaleIdInPath, toAdminSaleView } from './sale.view.js';

/** What the four commands have in common. */
const Command = (): MethodDecorator => (prototype, name, descriptor) => {
  ApiOkResponse({ type: AdminSaleView, description: 'Done, or already so' })(prototype, name, descriptor);
  ApiProblems('sale-not-found', 'sale-state-conflict')(prototype, name, descriptor);
  SaleIdInPath()(prototype, name, descriptor);
  HttpCode(200)(prototype, name, descriptor);
};

@ApiTags('Admin: sales')
@Allow('admin')
@Controller('v1/admin/sales')
export class SalesAdminController {
  constructor(
    private readonly creation: CreateSale,
    private readonly changes: ChangeSale,
    private readonly postgres: Postgres,
  ) {}

  @Post()
  @ApiOperation({ operationId: 'createSale', summary: 'Creates a draft, which nobody outside sees until it is opened' })
  @BodyLimit(CREATE_SALE_BODY_BYTES_MAX)
  @ApiCreatedResponse({
    type: AdminSaleView,
    description: 'The sale, with its ids',
    headers: headerRefs('Location'),
  })
  @ApiProblems('slug-taken')
  async create(
    @Body() body: CreateSaleBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminSaleView> {
    const sale = await this.creation.create(body, actorOf(caller));
    void reply.header('Location', `/v1/admin/sales/${sale.id}`);
    return toAdminSaleView(sale);
  }

  @Get()
  @ApiOperation({ operationId: 'listAllSales', summary: 'Every sale, drafts too; the newest first' })
  @ApiOkResponse({ type: AdminSaleList, description: 'A page' })
  async list(@Query() { limit = PAGE_LIMIT.initial, cursor }: PageQuery): Promise<AdminSaleList> {
    const { items, nextCursor } = await listSales(this.postgres, 'admin', limit, cursor);
    return { items: items.map(toAdminSaleView), nextCursor };
  }

  @Get(':saleId')
  @ApiOperation({ operationId: 'getSaleAsAdmin', summary: 'One sale, as Postgres has it now' })
  @ApiOkResponse({ type: AdminSaleView, description: 'The sale' })
  @SaleIdInPath()
  @ApiProblems('sale-not-found')
  async read(@Param('saleId') saleId: string): Promise<AdminSaleView> {
    const sale = await readSale(this.postgres, saleId);
    if (!sale) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
    return toAdminSaleView(sale);
  }

  @Patch(':saleId')
  @ApiOperation({
    operationId: 'changeSale',
    summary: 'Changes name, times and settings. TTLs hold for holds and payments that begin from now on',
  })
  @ApiOkResponse({ type: AdminSaleView, description: 'The sale as it is now' })
  @SaleIdInPath()
  @ApiProblems('sale-not-found', 'sale-state-conflict')
  async change(
    @Param('saleId') saleId: string,
    @Body() body: ChangeSaleBody,
    @CallerOf() caller: Caller,
  ): Promise<AdminSaleView> {
    return toAdminSaleView(await this.changes.change(saleId, body, actorOf(caller)));
  }

  @Post(':saleId/open')
  @ApiOperation({
    operationId: 'openSale',
    summary: 'Opens a draft, or schedules it when its `opensAt` lies ahead; opens a scheduled sale at once',
  })
  @Command()
  open(@Param('saleId') saleId: string, @Body() body: ReasonBody, @CallerOf() caller: Caller): Promise<AdminSaleView> {
    return this.command(saleId, 'open', body, caller);
  }

  @Post(':saleId/pause')
  @ApiOperation({ operationId: 'pauseSale', summary: 'Takes no new reservations for now; holds and payments go on' })
  @Command()
  pause(@Param('saleId') saleId: string, @Body() body: ReasonBody, @CallerOf() caller: Caller): Promise<AdminSaleView> {
    return this.command(saleId, 'pause', body, caller);
  }

  @Post(':saleId/resume')
  @ApiOperation({ operationId: 'resumeSale', summary: 'Takes reservations again' })
  @Command()
  resume(
    @Param('saleId') saleId: string,
    @Body() body: ReasonBody,
    @CallerOf() caller: Caller,
  ): Promise<AdminSaleView> {
    return this.command(saleId, 'resume', body, caller);
  }

  @Post(':saleId/close')
  @ApiOperation({
    operationId: 'closeSale',
    summary: 'Takes no reservations ever again; what is held may still be paid for',
  })
  @Command()
  close(@Param('saleId') saleId: string, @Body() body: ReasonBody, @CallerOf() caller: Caller): Promise<AdminSaleView> {
    return this.command(saleId, 'close', body, caller);
  }

  private async command(
    saleId: string,
    command: SaleCommand,
    { reason }: ReasonBody,
    caller: Caller,
  ): Promise<AdminSaleView> {
    return toAdminSaleView(await this.changes.command(saleId, command, reason, actorOf(caller)));
  }
}
