import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const HOUR_MS = 3_600_000;
/** Far shorter than the leaps, and far longer than a busy machine takes for a test. */
const TTL_SECONDS = 900;

// Real time, and a Redis whose clock an operator moves; the beats of a real guardian.
let site: Site;
let app: RunningApp;
let redis: Redis;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.open();
  app = await site.start();
  redis = new Redis(site.stores.redisUrl);
});
beforeEach(async () => {
  sale = await site.sale({ skus: [10], holdTtlSeconds: TTL_SECONDS });
  await moveClock(0);
});
afterAll(async () => {
  redis.disconnect();
  await site.close();
});

const key = (name: 'meta' | 'clock'): string => saleKey(site.stores.keyPrefix, sale.key, 0, name);
const moveClock = (offsetMs: number): Promise<unknown> => redis.set(key('clock'), `${offsetMs} guarded`);
const skewIs = (wantedMs: number): Promise<unknown> =>
  eventually(`the skew is about ${wantedMs} ms`, async () => {
    return Math.abs(Number(await redis.hget(key('meta'), 'skew')) - wantedMs) < 5_000;
  });
const secondsLeft = (expiresAt: string | null): number => (Date.parse(expiresAt ?? '') - Date.now()) / 1_000;

describe('a clock of Redis’s that leaps', () => {
  it.each([
    ['an hour ahead', HOUR_MS],
    ['an hour back', -HOUR_MS],
  ])('%s ends no hold early, and new holds end when they should', async (_, offsetMs) => {
    const { id } = (await site.held(sale, 'ann')).body;
    await moveClock(offsetMs);
    expect(must(200, await site.shop().read(id)).body.status).toBe('held');
    await skewIs(offsetMs);
    expect(must(200, await site.shop().read(id)).body.status).toBe('held');
    const later = (await site.held(sale, 'bob')).body;
    expect(secondsLeft(later.expiresAt)).toBeGreaterThan(TTL_SECONDS - 60);
    expect(secondsLeft(later.expiresAt)).toBeLessThan(TTL_SECONDS + 60);
    must(200, await site.shop().checkout(id));
    expect(await site.counts(sale)).toEqual(['8 1 1 0 / 10']);
  });

  it('goes on while no worker runs: what is asked for or pinned then is not old when one comes', async () => {
    const api = await site.start('api');
    await site.stop(app);
    const stoppedAt = Date.now();
    await eventually('the API vouches for the clock', async () => {
      return Number(await redis.hget(key('meta'), 'beat')) > stoppedAt + 1_000;
    });
    app = await site.start();
    await site.stop(api);
  });

  it('expires nothing either when no worker is there to notice', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const api = await site.start('api');
    await site.stop(app);
    await moveClock(HOUR_MS);
    expect(must(200, await site.shop(api).read(id)).body.status).toBe('held');
    app = await site.start();
    await skewIs(HOUR_MS);
    expect(must(200, await site.shop(api).read(id)).body.status).toBe('held');
  });
});
