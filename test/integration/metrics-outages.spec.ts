import { eventually } from '../e2e/eventually.js';
import { type PrivateStore, privatePostgres, privateRedis } from '../e2e/private-stores.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { type Scraped, scrape } from '../scraped.js';

/** What is read from stores has a second; the rest is for a machine that is busy with other tests. */
const SCRAPE_MS_MAX = 4_000;
const TOKEN = 'the-token-that-scrapers-of-these-tests-send';

let postgres: PrivateStore;
let redis: PrivateStore;
let site: Site;
let running: RunningApp;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([privatePostgres(), privateRedis()]);
  const env = { METRICS_TOKEN: TOKEN, REDIS_COMMAND_TIMEOUT_MS: '500' };
  site = await Site.open({ stores: { databaseUrl: postgres.url, redisUrl: redis.url }, env });
  running = await site.start();
  await site.held(await site.sale({ skus: [5] }), 'ann', 2);
});
afterAll(async () => {
  await site.close();
  await Promise.all([postgres.stop(), redis.stop()]);
});

async function untilScraped(what: string, isSo: (scraped: Scraped) => boolean): Promise<Scraped> {
  return eventually(what, async () => {
    const began = performance.now();
    const scraped = await scrape(running.url, TOKEN);
    expect(performance.now() - began).toBeLessThan(SCRAPE_MS_MAX);
    return isSo(scraped) && scraped;
  });
}

const source = (scraped: Scraped, name: string): number => scraped.sum('holdfast_scrape_source_up', { source: name });

it('a scrape answers while Redis is away, and shows no counts that may be old', async () => {
  await untilScraped('units are counted', (scraped) => scraped.sum('holdfast_units', { state: 'held' }) === 2);
  await redis.kill();
  // What is read from Postgres meanwhile may take longer than a scrape waits, once.
  const away = await untilScraped('the outage is seen', (scraped) => {
    expect([source(scraped, 'stock'), source(scraped, 'queue'), source(scraped, 'outbox')]).toEqual([0, 0, 1]);
    return scraped.sum('holdfast_store_up', { store: 'redis' }) === 0 && !scraped.has('holdfast_units');
  });
  expect(away.has('holdfast_queue_jobs')).toBe(false);
  expect(away.sum('holdfast_holds_total')).toBe(1);
  await redis.restart();
  await untilScraped('units are counted again', (scraped) => scraped.sum('holdfast_units', { state: 'held' }) === 2);
  const labels = { reason: 'redis-restarted', outcome: 'rebuilt' };
  await untilScraped('the rebuild is counted', (scraped) => scraped.sum('holdfast_rebuilds_total', labels) === 1);
});

it('a scrape answers while Postgres is away, with its token, which no store is asked for', async () => {
  await postgres.kill();
  const away = await untilScraped(
    'the outage is seen',
    (scraped) =>
      scraped.sum('holdfast_store_up', { store: 'postgres' }) === 0 && !scraped.has('holdfast_outbox_pending'),
  );
  expect([source(away, 'outbox'), away.sum('holdfast_ready')]).toEqual([0, 0]);
  await postgres.restart();
  await untilScraped('the outbox is read again', (scraped) => scraped.has('holdfast_outbox_pending'));
});
