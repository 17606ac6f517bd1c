import { randomUUID } from 'node:crypto';
import { Controller, Param, Post } from '@nestjs/common';
import { openPrisma } from './open-prisma.js';
import { serve } from './serve.js';

const prisma = openPrisma();

/** An order with its line in one nested create, for a reservation that is there: what Prisma's documentation shows. */
@Controller()
class PrismaOrder {
  @Post('reservations/:id/confirm')
  async confirm(@Param('id') reservationId: string): Promise<{ id: string }> {
    const order = {
      ...{ id: randomUUID(), reservationId, saleId: 'sale', customerId: 'c_42', currency: 'EUR', total: 4500 },
      ...{ paymentReference: reservationId, confirmedAt: new Date() },
    };
    const line = { lineNo: 1, skuId: 'sku', quantity: 1, unitPrice: 4500, units: [1] };
    return prisma.order.create({ data: { ...order, lines: { create: [line] } }, select: { id: true } });
  }
}

await serve(PrismaOrder);
