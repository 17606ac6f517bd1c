import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReservationIdInPath } from '../reservations/reservation-resource.js';
import { HistoryPage, HistoryQuery } from './history.dto.js';
import { ReadHistory } from './read-history.js';
import { ReservationTrace } from './trace.dto.js';
import { TraceReservation } from './trace-reservation.js';

@ApiTags('Admin: history')
@Allow('admin')
@Controller('v1/admin')
export class HistoryController {
  constructor(
    private readonly history: ReadHistory,
    private readonly tracing: TraceReservation,
  ) {}

  @Get('history')
  @ApiOperation({
    operationId: 'listHistory',
    summary: 'Every transition of reservations, by sale, customer, reservation or unit; the newest first',
    description:
      'Each was written in the transaction of the change that it tells of. A request that was refused never changed the ' +
      'journal: its reservation tells why.',
  })
  @ApiOkResponse({ type: HistoryPage, description: 'A page' })
  @ApiProblems('sku-not-found', 'unit-unknown')
  list(@Query() query: HistoryQuery): Promise<HistoryPage> {
    return this.history.page(query);
  }

  @Get('reservations/:id/trace')
  @ApiOperation({
    operationId: 'traceReservation',
    summary: 'Explains every decision about a reservation: what, when, by whom and why, in words',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationTrace, description: 'The reservation as it is now, and how it came to be so' })
  @ApiProblems('reservation-not-found')
  trace(@Param('id') id: string, @CallerOf() caller: Caller): Promise<ReservationTrace> {
    return this.tracing.trace(id, caller);
  }
}
