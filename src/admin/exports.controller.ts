import type { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { OrderFilterQuery } from '../checkout/order-filter.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Log } from '../platform/logging.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { type CsvRow, csvText } from './csv-text.js';
import { ExportHolds, HOLD_COLUMNS } from './export-holds.js';
import { ExportOrders, ORDER_COLUMNS } from './export-orders.js';
import { HoldSearchQuery } from './hold-filter.js';

const OF_LINES = 'One row for each line, so that quantities and line totals can be added up. ';
const OF_TEXT =
  'RFC 4180 in UTF-8, with a header; times in UTC, money in minor units. A cell that a spreadsheet would take for a ' +
  "formula begins with '. An answer that is cut off is not the whole table.";

/** What the answer is, told once for both tables. */
const Csv =
  (columns: readonly string[]): MethodDecorator =>
  (prototype, name, descriptor) => {
    const schema = { type: 'string', example: `${columns.join(',')}\r\n` };
    const description = `The table. Columns: ${columns.join(', ')}`;
    const headers = headerRefs('Content-Disposition');
    ApiProduces('text/csv')(prototype, name, descriptor);
    ApiResponse({ status: 200, description, headers, content: { 'text/csv': { schema } } })(
      prototype,
      name,
      descriptor,
    );
  };

interface Table {
  readonly of: 'holds' | 'orders';
  readonly columns: readonly string[];
  readonly pages: AsyncIterable<readonly CsvRow[]>;
  readonly saleId: string | undefined;
}

@ApiTags('Admin: exports')
@Allow('admin')
@Controller('v1/admin/exports')
export class ExportsController {
  constructor(
    private readonly holds: ExportHolds,
    private readonly orders: ExportOrders,
    private readonly catalog: SaleCatalog,
    private readonly log: Log,
  ) {}

  @Get('holds.csv')
  @ApiOperation({
    operationId: 'exportHolds',
    summary: 'Live holds and checkouts as CSV, with the filters of the list, the oldest first',
    description: `${OF_LINES}What is held from the question to the end of the answer stands in it once. ${OF_TEXT}`,
  })
  @Csv(HOLD_COLUMNS)
  @ApiProblems('sale-not-found', 'sku-not-found', 'unit-unknown')
  async exportHolds(
    @Query() query: HoldSearchQuery,
    @CallerOf() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pages = await this.holds.pages(query);
    await this.answer(reply, caller, { of: 'holds', columns: HOLD_COLUMNS, pages, saleId: query.saleId });
  }

  @Get('orders.csv')
  @ApiOperation({
    operationId: 'exportOrders',
    summary: 'Orders as CSV, with the filters of the list, the newest first',
    description: `${OF_LINES}Orders that are made after the question are not in it. ${OF_TEXT}`,
  })
  @Csv(ORDER_COLUMNS)
  async exportOrders(
    @Query() query: OrderFilterQuery,
    @CallerOf() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pages = await this.orders.pages(query);
    await this.answer(reply, caller, { of: 'orders', columns: ORDER_COLUMNS, pages, saleId: query.saleId });
  }

  private async answer(reply: FastifyReply, caller: Caller, { of, columns, pages, saleId }: Table): Promise<void> {
    const sale = saleId === undefined ? null : await this.catalog.find(saleId);
    const name = sale ? `${of}-${sale.slug}.csv` : `${of}.csv`;
    void reply.type('text/csv; charset=utf-8; header=present');
    void reply.header('Content-Disposition', `attachment; filename="${name}"`);
    // Who asks for the head alone will never read.
    if (reply.request.method === 'HEAD') return void reply.send('');
    const told = { requestId: reply.request.id, export: of, saleId, actor: actorOf(caller) };
    const text: Readable = csvText(columns, pages, (error, rows) => {
      if (error === null) this.log.root.info({ ...told, rows }, 'exported');
      else this.log.root.warn({ ...told, rows, err: error }, 'an export was cut off');
    });
    void reply.send(text);
  }
}
