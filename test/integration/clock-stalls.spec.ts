import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { eventually } from '../e2e/eventually.js';
import { privateRedis, type PrivateStore } from '../e2e/private-stores.js';
import { Site } from '../e2e/site.js';

const TTL_SECONDS = 60;
const STALL_MS = 8_000;

// A Redis of its own, because it is made to stand still; real time, and the beats of a real guardian.
let store: PrivateStore;
let redis: Redis;
let site: Site;
beforeAll(async () => {
  store = await privateRedis();
  redis = new Redis(store.url);
  site = await Site.all({ env: { REDIS_URL: store.url } });
});
afterAll(async () => {
  redis.disconnect();
  await site.close();
  await store.stop();
});

describe('a Redis that stood still for a while', () => {
  it('keeps its clock: a beat that waited all the while takes nothing back', async () => {
    const sale = await site.sale({ skus: [10], holdTtlSeconds: TTL_SECONDS });
    const key = (name: 'meta' | 'clock'): string => saleKey(site.stores.keyPrefix, sale.key, 0, name);
    await redis.set(key('clock'), '0 guarded');
    const begun = await redis.hget(key('meta'), 'beat');
    await eventually('a beat', async () => (await redis.hget(key('meta'), 'beat')) !== begun);
    await redis.client('PAUSE', STALL_MS, 'ALL');
    // Answered when the pause is over, after the beats that were sent meanwhile.
    await redis.ping();
    expect(Number(await redis.hget(key('meta'), 'skew'))).toBe(0);
    const askedAt = Date.now();
    const { expiresAt } = (await site.held(sale, 'ann')).body;
    expect((Date.parse(expiresAt ?? '') - askedAt) / 1_000).toBeGreaterThan(TTL_SECONDS - 5);
  });
});
