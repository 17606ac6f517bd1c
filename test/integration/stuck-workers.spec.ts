import { Queue } from 'bullmq';
import { jest } from '@jest/globals';
import { Readiness } from '../../src/platform/readiness.js';
import { queueName, queuePrefix } from '../../src/reservations/reserve.queue.js';
import { ReserveBatchRunner } from '../../src/reservations/reserve-batch.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import type { TestSale } from '../e2e/test-sale.js';
import { scrape } from '../scraped.js';

let site: Site;
let sale: TestSale;
beforeEach(async () => {
  site = await Site.all({ env: { WORKER_STUCK_MS: '500', RESERVE_CONCURRENCY: '1', METRICS_OPEN: 'true' } });
  sale = await site.sale({ skus: [10] });
});
afterEach(() => site.close());

const replaced = async (): Promise<number> => (await scrape(site.url, '')).sum('holdfast_workers_replaced_total');

describe('a worker that takes no jobs though they wait', () => {
  it('is replaced by itself, is not ready meanwhile, and what waited is decided', async () => {
    // A job that never ends keeps the only place of the worker, and renews its lock for ever.
    jest.spyOn(site.app.get(ReserveBatchRunner), 'run').mockImplementationOnce(() => new Promise(() => undefined));
    const readiness = jest.spyOn(site.app.get(Readiness), 'report');
    const [ann, bob] = await Promise.all([site.held(sale, 'ann'), later().then(() => site.held(sale, 'bob'))]);
    expect([ann.body.status, bob.body.status]).toEqual(['held', 'held']);
    expect(await replaced()).toBeGreaterThan(0);
    expect(readiness).toHaveBeenCalledWith('workers', false);
    await eventually('it is ready again', () => Promise.resolve(site.app.get(Readiness).isOk('workers')));
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });
});

describe('a reserve queue that somebody has paused', () => {
  it('goes on by itself', async () => {
    const { redisUrl, keyPrefix } = site.stores;
    const queue = new Queue(queueName(0), { connection: { url: redisUrl }, prefix: queuePrefix(keyPrefix, 0) });
    try {
      await queue.pause();
      await site.held(sale, 'ann');
      expect(await queue.isPaused()).toBe(false);
    } finally {
      await queue.close();
    }
  });
});

/** So that two requests do not share a batch. */
const later = (): Promise<void> =>
  eventually('the first is in the worker', () =>
    Promise.resolve(jest.mocked(site.app.get(ReserveBatchRunner).run).mock.calls.length > 0),
  ).then(() => undefined);
