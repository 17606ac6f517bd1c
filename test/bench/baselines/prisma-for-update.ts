import { randomUUID } from 'node:crypto';
import { Body, Controller, Post } from '@nestjs/common';
import { type HoldAsked } from './hold-one.js';
import { openPrisma } from './open-prisma.js';
import { serve } from './serve.js';

const prisma = openPrisma();

/** Lock the stock, look, take, and note who has it, in one transaction. */
@Controller()
class PrismaForUpdate {
  @Post('reservations')
  async create(@Body() { customerId, lines }: HoldAsked): Promise<{ id: string; status: string }> {
    const [id, quantity, skuId] = [randomUUID(), lines[0]?.quantity ?? 1, lines[0]?.skuId ?? ''];
    return prisma.$transaction(async (tx) => {
      const [stock] = await tx.$queryRaw<{ available: number }[]>`
        SELECT available FROM baseline_stock WHERE sku_id = 'sku' FOR UPDATE`;
      if (!stock || stock.available < quantity) return { id, status: 'rejected' };
      await tx.$executeRaw`UPDATE baseline_stock SET available = available - ${quantity} WHERE sku_id = 'sku'`;
      await tx.$executeRaw`
        INSERT INTO baseline_holds (id, customer_id, sku_id, quantity) VALUES (${id}, ${customerId}, ${skuId}, ${quantity})`;
      return { id, status: 'held' };
    });
  }
}

await serve(PrismaForUpdate);
