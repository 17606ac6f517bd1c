import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReservationForCaller } from '../reservations/reservation-for-caller.js';
import { ReservationIdInPath, ReservationResource } from '../reservations/reservation-resource.js';
import { BulkAnswer, ExtendHoldBody, ExtendHoldsBody, HoldReasonBody, ReleaseHoldsBody } from './bulk.dto.js';
import { BulkHolds } from './bulk-holds.js';
import { ChangeHold } from './change-hold.js';
import { ListHoldsQuery } from './hold-filter.js';
import { HoldPage } from './hold.view.js';
import { ListHolds } from './list-holds.js';

/** What the two bulk commands have in common. */
const Bulk = (): MethodDecorator => (prototype, name, descriptor) => {
  const started = 'Workers are at it: ask at Location how far they are. What is written down is done, whatever crashes';
  const answered = { type: BulkAnswer, description: 'Dry run: what would be changed' };
  ApiOkResponse(answered)(prototype, name, descriptor);
  ApiResponse({ status: 202, type: BulkAnswer, description: started, headers: headerRefs('Location') })(
    ...[prototype, name, descriptor],
  );
  ApiProblems('sale-not-found', 'sku-not-found', 'unit-unknown')(prototype, name, descriptor);
};

@ApiTags('Admin: holds')
@Allow('admin')
@Controller('v1/admin/holds')
export class HoldsController {
  constructor(
    private readonly listing: ListHolds,
    private readonly changing: ChangeHold,
    private readonly bulk: BulkHolds,
    private readonly reservations: ReservationForCaller,
  ) {}

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

  @Post('release')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'releaseHolds',
    summary: 'Gives back every hold that fits, or (dry run, unless told otherwise) says which those are',
    description:
      'Held ones only, unless `status` says checkout. Holds that are made after the question are not meant. Each goes the ' +
      'way that it would go alone, a few at a time.',
  })
  @Bulk()
  releaseMany(
    @Body() body: ReleaseHoldsBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkAnswer> {
    return this.started(reply, this.bulk.ask(caller, 'release', body));
  }

  @Post('extend')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'extendHolds',
    summary: 'Prolongs every hold that fits, or (dry run, unless told otherwise) says which those are',
    description: 'By the same rules as one alone. Whoever is paying is not prolonged.',
  })
  @Bulk()
  extendMany(
    @Body() body: ExtendHoldsBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkAnswer> {
    return this.started(reply, this.bulk.ask(caller, 'extend', body));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getHold', summary: 'A reservation as it is now, whatever became of it' })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'The reservation' })
  @ApiProblems('reservation-not-found')
  async read(@Param('id') id: string, @CallerOf() caller: Caller): Promise<ReservationResource> {
    const ref = this.reservations.authorize(caller, id);
    return this.reservations.resource(await this.reservations.find(caller, ref));
  }

  @Post(':id/release')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'releaseHold',
    summary: 'Gives the units back: of a hold, of a checkout, of a request that is still queued',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'Released; a repeat is the same' })
  @ApiProblems('reservation-not-found', 'reservation-not-held')
  async release(
    @Param('id') id: string,
    @Body() { reason }: HoldReasonBody,
    @CallerOf() caller: Caller,
  ): Promise<ReservationResource> {
    return this.reservations.resource(await this.changing.release(caller, id, reason));
  }

  @Post(':id/extend')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'extendHold',
    summary: 'Moves the deadline of a hold, beyond what its customer may',
    description:
      "Neither the sale's `extensionsMax` nor its greatest age binds an operator, and the customer has as many extensions left " +
      'as before, within that age. No hold lasts longer than 34 hours. A repeat is another extension.',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'Held until the new expiresAt' })
  @ApiProblems('reservation-not-found', 'reservation-not-held', 'extension-refused')
  async extend(
    @Param('id') id: string,
    @Body() { seconds, reason }: ExtendHoldBody,
    @CallerOf() caller: Caller,
  ): Promise<ReservationResource> {
    return this.reservations.resource(await this.changing.extend(caller, id, seconds, reason));
  }

  private async started(reply: FastifyReply, asked: Promise<BulkAnswer>): Promise<BulkAnswer> {
    const answer = await asked;
    if (answer.run) void reply.code(202).header('Location', `/v1/admin/bulk-runs/${answer.run.id}`);
    return answer;
  }
}
