import { Body, Controller, Post } from '@nestjs/common';
import { Redis } from 'ioredis';
import { fillStock, type HeldOne, type HoldAsked, holdOne } from './hold-one.js';
import { serve, setting } from './serve.js';

const redis = new Redis(setting('REDIS_URL'));

/** A script call a request, no queue and no journal: the shortest way to a hold. */
@Controller()
class DirectLua {
  @Post('reservations')
  create(@Body() asked: HoldAsked): Promise<HeldOne> {
    return holdOne(redis, asked);
  }
}

await fillStock(redis);
await serve(DirectLua);
