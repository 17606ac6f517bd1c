import { Body, Controller, Delete, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReservationForCaller } from '../reservations/reservation-for-caller.js';
import { ReservationResource } from '../reservations/reservation-resource.js';
import { ConfirmBody, EndReservationQuery } from './checkout.dto.js';
import { ConfirmReservation } from './confirm-reservation.js';
import { EndReservation } from './end-reservation.js';
import { OrderResource, toOrderResource } from './order.js';
import { PinReservation } from './pin-reservation.js';

@ApiTags('Checkout')
@ApiBearerAuth()
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
  @ApiOkResponse({ type: ReservationResource, description: 'Pinned until checkoutExpiresAt; a repeat is the same' })
  @ApiProblems('reservation-not-found', 'reservation-not-held', 'store-unavailable')
  async checkout(@Param('id') id: string, @CallerOf() caller: Caller): Promise<ReservationResource> {
    const ref = this.forCaller.authorize(caller, id);
    await this.pins.pin(ref);
    return this.forCaller.resource(await this.forCaller.find(caller, ref));
  }

  @Delete()
  @HttpCode(200)
  @ApiOkResponse({ type: ReservationResource, description: 'The units are back; a repeat is the same' })
  @ApiProblems('invalid-request', 'reservation-not-found', 'reservation-not-held', 'store-unavailable')
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
  @ApiCreatedResponse({
    type: OrderResource,
    description: 'Ordered; a repeat of the reference is a 200 with the same order',
  })
  @ApiProblems(
    'malformed-request',
    'invalid-request',
    'reservation-not-found',
    'reservation-not-held',
    'already-confirmed',
    'amount-mismatch',
    'payment-late-rejected',
    'store-unavailable',
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
    });
    void reply.code(created ? 201 : 200).header('Location', `/v1/orders/${order.id}`);
    return toOrderResource(order, await this.forCaller.saleOf(ref));
  }
}
