import { Body, Controller, Post } from '@nestjs/common';
import { type HoldAsked } from './hold-one.js';
import { openPrisma } from './open-prisma.js';
import { serve } from './serve.js';

const prisma = openPrisma();

/** An atomic `UPDATE … available - 1`, and nothing else: not even who has the unit. */
@Controller()
class PrismaUpdate {
  @Post('reservations')
  async create(@Body() { lines }: HoldAsked): Promise<{ status: string }> {
    const quantity = lines[0]?.quantity ?? 1;
    const rows = await prisma.$executeRaw`
      UPDATE baseline_stock SET available = available - ${quantity} WHERE sku_id = 'sku' AND available >= ${quantity}`;
    return { status: rows === 1 ? 'held' : 'rejected' };
  }
}

await serve(PrismaUpdate);
