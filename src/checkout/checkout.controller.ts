import { Body, Controller, Delete, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReservationForCaller } from '../reservations/reservation-for-caller.js';
import { ReservationIdInPath, ReservationResource } from '../reservations/reservation-resource.js';
import { ConfirmBody, EndReservationQuery } from './checkout.dto.js';
import { ConfirmReservation } from './confirm-reservation.js';
import { EndReservation } from './end-reservation.js';
import { OrderResource, toOrderResource } from './order.js';
import { PinReservation } from './pin-reservation.js';

@ApiTags('Checkout')
@Allow('buyer', 'service')
@Controller('v1/reservations/:id')
export class CheckoutController {
  constructor(
    private readonly pins: PinReservation,
    private readonly ending: EndReservation,
    private readonly confirming: ConfirmReservation,
    private readonly forCaller: ReservationForCaller,
  ) {}

  @Post('checkout')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'startCheckout',
    summary: 'Pins the hold for the payment window',
    description:
      'From here on no deadline of the hold and no loss of Redis takes the units before `checkoutExpiresAt`.',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'Pinned until checkoutExpiresAt; a repeat is the same' })
  @ApiProblems('reservation-not-found', 'reservation-not-held')
  async checkout(@Param('id') id: string, @CallerOf() caller: Caller): Promise<ReservationResource> {
    const ref = this.forCaller.authorize(caller, id);
    await this.pins.pin(ref);
    return this.forCaller.resource(await this.forCaller.find(caller, ref));
  }

  @Delete()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'releaseReservation',
    summary: 'Gives the units back: also while queued, also from checkout',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'The units are back; a repeat is the same' })
  @ApiProblems('reservation-not-found', 'reservation-not-held')
  async end(
    @Param('id') id: string,
    @Query() { reason }: EndReservationQuery,
    @CallerOf() caller: Caller,
  ): Promise<ReservationResource> {
    const ref = this.forCaller.authorize(caller, id);
    await this.ending.end(ref, reason ?? null);
    return this.forCaller.resource(await this.forCaller.find(caller, ref));
  }

  @Post('confirm')
  @Allow('service')
  @ApiOperation({
    operationId: 'confirmReservation',
    summary: 'The payment has succeeded: makes the order',
    description:
      'In one transaction, without Redis; a reservation that is only held is pinned first. One outcome for each ' +
      '`paymentReference`, whatever it is. A 503 is an unknown outcome: repeat with the same reference, never refund on it.',
  })
  @ReservationIdInPath()
  @ApiCreatedResponse({ type: OrderResource, description: 'Ordered', headers: headerRefs('Location') })
  @ApiOkResponse({
    type: OrderResource,
    description: 'A repeat of the reference: the same order',
    headers: headerRefs('Location'),
  })
  @ApiProblems(
    'reservation-not-found',
    'reservation-not-held',
    'already-confirmed',
    'amount-mismatch',
    'payment-late-rejected',
  )
  async confirm(
    @Param('id') id: string,
    @Body() body: ConfirmBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderResource> {
    const ref = this.forCaller.authorize(caller, id);
    const { paymentReference, amount = null, currency = null } = body;
    const { order, created } = await this.confirming.confirm(ref, {
      reservationId: ref.id,
      paymentReference,
      amount,
      currency,
      by: ref.by,
    });
    void reply.code(created ? 201 : 200).header('Location', `/v1/orders/${order.id}`);
    return toOrderResource(order, await this.forCaller.saleOf(ref));
  }
}
