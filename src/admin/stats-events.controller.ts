import { Controller, Get, Headers, Ip, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { CallerStreams } from '../access/caller-streams.js';
import { ApiEvents } from '../platform/api-events.js';
import { ApiProblems } from '../platform/api-problems.js';
import { FEED_EVENTS } from './feed-events.js';
import { FollowSale } from './follow-sale.js';
import { parsePlace } from './history-place.js';
import { FollowQuery } from './stats-events.dto.js';

@ApiTags('Admin: stats')
@Allow('admin')
@Controller('v1/admin/stats/events')
export class StatsEventsController {
  constructor(
    private readonly following: FollowSale,
    private readonly streams: CallerStreams,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'streamStatsEvents',
    summary: 'Follow a sale at a glance, and every change of its holds, as server-sent events',
    description:
      '`event: stats` with what GET /v1/admin/stats tells: at once, then once a second. `event: changes` with transitions ' +
      'in their order, at most four times a second: `id` is the place of the last one, and with it as `Last-Event-ID` the ' +
      'stream goes on after it. `event: reset` instead where there are too many to tell: read the list of holds again.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last place seen; what came after it follows. Left out: what happens from now on',
    schema: { type: 'string', example: '731-4711' },
  })
  @ApiEvents(FEED_EVENTS)
  @ApiProblems('sale-not-found', 'overloaded')
  async stream(
    @Query() { saleId }: FollowQuery,
    @CallerOf() caller: Caller,
    @Ip() address: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Read before the stream begins, so that what is not there is still a plain problem.
    const begin = await this.following.begin(saleId, parsePlace(lastEventId ?? ''));
    this.following.follow(this.streams.answer(reply, caller, address), begin);
  }
}
