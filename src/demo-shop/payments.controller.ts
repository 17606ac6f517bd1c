import { Body, Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { PayBody } from './payment.dto.js';
import type { PaymentList, PaymentView } from './payment.view.js';
import { Payments } from './payments.js';

/** How long a question for payments waits while one is under way. */
const WAIT_MS = 10_000;

/** Where the demo shop's page pays. It is not the product's contract, so it is not in the OpenAPI document. */
@ApiExcludeController()
@Allow('buyer')
@Controller('demo/reservations/:id/payments')
export class PaymentsController {
  constructor(private readonly payments: Payments) {}

  /** 201: begun. 200: one was under way, or had succeeded. */
  @Post()
  @Header('Cache-Control', 'no-store')
  async pay(
    @Param('id') id: string,
    @Body() { card }: PayBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentView> {
    const { payment, made } = await this.payments.begin(buyerOf(caller), id, card ?? 'succeeds');
    void reply.code(made ? 201 : 200);
    return payment;
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@Param('id') id: string, @CallerOf() caller: Caller): Promise<PaymentList> {
    return { items: await this.payments.list(buyerOf(caller), id, WAIT_MS) };
  }
}

function buyerOf(caller: Caller): string {
  if (caller.kind !== 'buyer') throw new Error('A route for buyers was reached by somebody else');
  return caller.customerId;
}
