import { Redis } from 'ioredis';
import type { CountSaid } from './run-count.js';

// A set-based script and nothing else: what Redis could hold if there were no records, no customers and no journal.
// argv: seconds to warm up, seconds to count.
const HOLDS_PER_CALL = 128;
const CALLS_AT_A_TIME = 2;
const HOLD_MANY = `
local left, wanted = tonumber(redis.call('HGET', KEYS[1], 'sku')), #ARGV - 1
if left < wanted then return 0 end
local holds, due = {}, {}
for i = 2, #ARGV do
  holds[#holds + 1] = ARGV[i]
  holds[#holds + 1] = (left - i) .. ' 1'
  due[#due + 1] = ARGV[1]
  due[#due + 1] = ARGV[i]
end
redis.call('HSET', KEYS[1], 'sku', left - wanted)
redis.call('HSET', KEYS[2], unpack(holds))
redis.call('ZADD', KEYS[3], unpack(due))
return wanted`;
const KEYS = ['baseline:{raw}:stock', 'baseline:{raw}:holds', 'baseline:{raw}:due'] as const;

const [warmSeconds, seconds] = process.argv.slice(2);
const redis = new Redis(process.env['REDIS_URL'] ?? '');
await redis.del(...KEYS);
await redis.hset(KEYS[0], 'sku', 1_000_000_000);
let held = 0;
let made = 0;
let over = false;

async function hold(): Promise<void> {
  while (!over) {
    const ids = Array.from({ length: HOLDS_PER_CALL }, () => `rsv_${String(++made).padStart(32, '0')}`);
    held += Number(await redis.eval(HOLD_MANY, KEYS.length, ...KEYS, '1800000000000', ...ids));
  }
}

for (let i = 0; i < CALLS_AT_A_TIME; i++) void hold();
setTimeout(
  () => {
    const [from, cpu, began] = [held, process.cpuUsage(), performance.now()];
    setTimeout(
      () => {
        const { user, system } = process.cpuUsage(cpu);
        const count = held - from;
        const perSecond = (count * 1_000) / (performance.now() - began);
        const said: CountSaid = { perSecond, cpuMicrosEach: (user + system) / Math.max(1, count) };
        over = true;
        process.send?.(said, () => process.exit(0));
      },
      Number(seconds) * 1_000,
    );
  },
  Number(warmSeconds) * 1_000,
);
