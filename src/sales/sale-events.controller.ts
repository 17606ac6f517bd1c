import { Controller, Get, Ip, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { CallerStreams } from '../access/caller-streams.js';
import { ApiEvents } from '../platform/api-events.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Availability } from './availability.js';
import { PublishedSales } from './published-sales.js';
import { SALE_EVENTS, SaleEvents } from './sale-events.js';
import { SaleIdInPath } from './sale.view.js';

@ApiTags('Sales')
@Allow('anonymous', 'buyer', 'service', 'admin')
@Controller('v1/sales/:saleId/events')
export class SaleEventsController {
  constructor(
    private readonly sales: PublishedSales,
    private readonly availability: Availability,
    private readonly events: SaleEvents,
    private readonly streams: CallerStreams,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'streamSaleEvents',
    summary: 'Follow a sale as server-sent events',
    description:
      '`event: sale` with the sale and `event: availability` with its counts: both at once, then whenever they have ' +
      'changed, at most four times a second. They are states, not steps: after a reconnection the present ones come.',
  })
  @SaleIdInPath()
  @ApiEvents(SALE_EVENTS)
  @ApiProblems('sale-not-found', 'overloaded')
  async stream(
    @Param('saleId') saleId: string,
    @CallerOf() caller: Caller,
    @Ip() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sale = await this.sales.recent(saleId);
    // Read before the stream begins, so that what cannot be read is still a plain problem.
    const counts = await this.availability.recent(sale);
    this.events.follow(this.streams.answer(reply, caller, address), sale, counts);
  }
}
