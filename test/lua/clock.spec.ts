import { Redis } from 'ioredis';
import { loadScript } from '../../src/inventory/script.js';
import { testRedisUrl } from '../stores.js';

let redis: Redis;
beforeAll(() => (redis = new Redis(testRedisUrl())));
afterAll(() => redis.disconnect());

describe('the clock that scripts read outside of tests', () => {
  it('is Redis’s own, in milliseconds, and bounded by the guardian’s beats', async () => {
    const { text } = loadScript('pin', ['epoch', 'id'], false);
    const [readTime = ''] = /^local function read_time\(\)\n[\s\S]*?\nend$/m.exec(text) ?? [];
    // Within a script TIME stands still.
    const told = await redis.eval(
      `${readTime}
       local time, now, guarded = redis.call('TIME'), read_time()
       return { time[1], time[2], string.format('%.0f', now), tostring(guarded) }`,
      0,
    );
    const [seconds, micros, now, guarded] = told as string[];
    expect(Number(now)).toBe(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000));
    expect(guarded).toBe('true');
  });
});
