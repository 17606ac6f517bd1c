import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { Postgres } from '../../src/platform/postgres.js';
import { Site } from '../e2e/site.js';
import { failedJobs, queueOf } from '../failed-jobs.js';
import { AdminCalls } from '../operators.js';
import { Browsing, hindrances } from './browsing.js';
import { openPlace, sayWhy } from './dashboard.js';

let browsing: Browsing;
let site: Site;
beforeAll(async () => {
  browsing = await Browsing.open();
});
afterEach(() => site.close());
afterAll(() => browsing.close());

it('a job that failed is listed with its reason, retried with one, and gone from the list', async () => {
  // No worker of ours: what is queued again stays there to be seen.
  site = await Site.open();
  await site.start('api');
  const queue = queueOf(site, 'reserve-0');
  const [first = '', second = ''] = await failedJobs(site, queue, 2);
  const { page, faults } = await browsing.window({ baseURL: site.url });
  await openPlace(page, '/admin/queues');
  const rows = page.getByRole('row').filter({ hasText: 'the script is broken' });
  await rows.nth(1).waitFor();
  expect(await hindrances(page)).toEqual([]);
  await rows.first().getByRole('button', { name: 'Retry …' }).click();
  await sayWhy(page, 'the script was mended', 'Retry');
  await rows.nth(1).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Retry all 1 …' }).click();
  await sayWhy(page, 'this one too', 'Retry');
  await page.getByText('None, as it should be').waitFor();
  expect(await queue.getJobCounts('wait', 'failed')).toEqual({ wait: 2, failed: 0 });
  const lines = await Promise.all([first, second].map((id) => new AdminCalls(site).audit(id)));
  expect(
    lines
      .flat()
      .map(({ action, reason }) => [action, reason].join())
      .sort(),
  ).toEqual(['job.retry,the script was mended', 'job.retry,this one too']);
  expect(faults).toEqual([]);
});

it('what does not agree is found, a repair is tried dry, and heals it when it is asked for', async () => {
  // Nobody audits but who asks.
  site = await Site.all({ env: { AUDIT_INTERVAL_MS: '3600000' } });
  const sale = await site.sale({ skus: [10] });
  await site.held(sale, 'ann', 2);
  await site.untilCounts(sale, '8 2 0 0 / 10');
  const [row] = await site.app
    .get(Postgres)
    .query<{ epoch: number }>('SELECT epoch FROM sales WHERE id = $1', [sale.id]);
  const key = saleKey(site.stores.keyPrefix, sale.key, Number(row?.epoch), 'stock');
  const redis = new Redis(site.stores.redisUrl);
  await redis.hset(key, '1', ((await redis.hget(key, '1')) ?? '').replace(/^10 10 8 2/, '10 10 9 2'));
  redis.disconnect();

  const { page, faults } = await browsing.window({ baseURL: site.url });
  await openPlace(page, `/admin/queues/${sale.id}`);
  await page.getByText('They do not agree: a repair heals it').waitFor();
  await page.getByText(/available 9 \+ held 2/).waitFor();
  await page.getByRole('button', { name: 'What would a repair do?' }).click();
  await page.getByText('A repair would do this:').waitFor();
  expect(await hindrances(page)).toEqual([]);
  await page.getByRole('button', { name: 'Compare again' }).click();
  await page.getByText('They do not agree: a repair heals it').waitFor(); // the dry run changed nothing
  await page.getByRole('button', { name: 'Repair it for real …' }).click();
  await sayWhy(page, 'somebody wrote into Redis', 'Repair it');
  await page.getByText('The sale was built anew.').waitFor();
  await page.getByText('Redis and Postgres agree').waitFor();
  expect(await site.counts(sale)).toEqual(['8 2 0 0 / 10']);
  expect(await new AdminCalls(site).audit(sale.id)).toContainEqual(
    expect.objectContaining({ action: 'ledger.repair', reason: 'somebody wrote into Redis' }),
  );
  expect(faults).toEqual([]);
});
