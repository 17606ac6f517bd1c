import { Controller, Get, Headers, Ip, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { CallerStreams } from '../access/caller-streams.js';
import { StreamTickets } from '../access/stream-tickets.js';
import { TakesTicket } from '../access/takes-ticket.decorator.js';
import { ApiEvents } from '../platform/api-events.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReservationEvents } from './reservation-events.js';
import { ReservationForCaller } from './reservation-for-caller.js';
import { ReservationIdInPath } from './reservation-resource.js';
import { RESERVATION_EVENTS } from './reservation-told.js';

export class StreamTicketResource {
  @ApiProperty({ example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', description: 'Opens this one stream, as often as wanted' })
  ticket!: string;
  @ApiProperty({ example: '/v1/reservations/rsv_…/events?ticket=…', description: 'What to give to EventSource' })
  url!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:01:00.000Z' })
  expiresAt!: string;
}

@ApiTags('Reservations')
@Allow('buyer', 'service')
@Controller('v1/reservations/:id/events')
export class ReservationEventsController {
  constructor(
    private readonly forCaller: ReservationForCaller,
    private readonly events: ReservationEvents,
    private readonly streams: CallerStreams,
    private readonly tickets: StreamTickets,
  ) {}

  @Get()
  @TakesTicket()
  @ApiOperation({
    operationId: 'streamReservationEvents',
    summary: 'Follow a reservation as server-sent events',
    description:
      'The state now, then an event for each change: `event` is the status, `id` the version, `data` the reservation. ' +
      'Ends after a final state with `event: end`. A comment every 15 s shows that the connection lives.',
  })
  @ReservationIdInPath()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last version seen; that one is not sent again',
    schema: { type: 'string', example: '2' },
  })
  @ApiEvents(RESERVATION_EVENTS)
  @ApiProblems('reservation-not-found', 'overloaded')
  async stream(
    @Param('id') id: string,
    @CallerOf() caller: Caller,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Ip() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ref = this.forCaller.authorize(caller, id);
    // Read before the stream begins, so that what is not there is still a plain 404.
    const now = await this.forCaller.find(caller, ref);
    const seen = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : null;
    const stream = this.streams.answer(reply, caller, address);
    this.events.follow(stream, caller, ref, now, seen);
  }

  @Post('ticket')
  @ApiOperation({
    operationId: 'createStreamTicket',
    summary: 'A ticket with which EventSource, which can send no header, opens the stream within a minute',
  })
  @ReservationIdInPath()
  @ApiCreatedResponse({ type: StreamTicketResource, description: 'The ticket, for this stream alone' })
  @ApiProblems('reservation-not-found')
  async ticket(@Param('id') id: string, @CallerOf() caller: Caller): Promise<StreamTicketResource> {
    const { id: reservationId } = this.forCaller.authorize(caller, id);
    const path = `/v1/reservations/${reservationId}/events`;
    const { ticket, expiresAt } = await this.tickets.make(caller, path);
    return { ticket, url: `${path}?ticket=${ticket}`, expiresAt: expiresAt.toISOString() };
  }
}
