import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The least that a hold is: a count goes down, who holds it is on record, and when it ends. */
const HOLD_ONE = `
local left = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local wanted = tonumber(ARGV[2])
if left < wanted then return 0 end
redis.call('HINCRBY', KEYS[1], ARGV[1], -wanted)
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4] .. ' ' .. ARGV[1] .. ' ' .. ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
return 1`;

export interface HoldAsked {
  readonly customerId: string;
  readonly lines: readonly { readonly skuId: string; readonly quantity: number }[];
}

const TTL_MS = 3_600_000;
const [STOCK, HOLDS, DUE] = ['baseline:{sale}:stock', 'baseline:{sale}:holds', 'baseline:{sale}:due'];

export async function fillStock(redis: Redis): Promise<void> {
  await redis.hset(STOCK, 'sku', 1_000_000_000);
}

export interface HeldOne {
  readonly id: string;
  readonly status: 'held' | 'rejected';
}

/** One hold, one script call. */
export async function holdOne(redis: Redis, { customerId, lines }: HoldAsked): Promise<HeldOne> {
  const id = randomUUID();
  const quantity = String(lines[0]?.quantity ?? 1);
  const at = String(Date.now() + TTL_MS);
  const done = await redis.eval(HOLD_ONE, 3, STOCK, HOLDS, DUE, 'sku', quantity, id, customerId, at);
  return { id, status: done === 1 ? 'held' : 'rejected' };
}
