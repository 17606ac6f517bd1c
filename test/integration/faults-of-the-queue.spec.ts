import { request } from 'node:http';
import { Job, Queue, Worker } from 'bullmq';
import { queueName, queuePrefix } from '../../src/reservations/reserve.queue.js';
import { ReserveBatchRunner } from '../../src/reservations/reserve-batch.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// Rows Q3, Q6, Q8, Q13, S14 and A3 of the fault table in RELIABILITY.md.
let site: Site;
let api: RunningApp;
let sale: TestSale;
let queue: Queue;
const at = (): { connection: { url: string }; prefix: string } => ({
  connection: { url: site.stores.redisUrl },
  prefix: queuePrefix(site.stores.keyPrefix, 0),
});
beforeEach(async () => {
  site = await Site.open();
  const builder = await site.start();
  sale = await site.sale({ skus: [100], queueTimeoutSeconds: 120 });
  api = await site.start('api');
  await site.stop(builder);
  queue = new Queue(queueName(0), at());
}, 300_000);
afterEach(async () => {
  jest.restoreAllMocks();
  await queue.close();
  await site.close();
});

const body = (customerId: string): { customerId: string; lines: { skuId: string; quantity: number }[] } => ({
  customerId,
  lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }],
});

/** A worker that takes the job and dies with it. */
async function dieWithTheJob(): Promise<void> {
  let taken = (): void => undefined;
  const took = new Promise<void>((resolve) => (taken = resolve));
  const never = new Promise<void>(() => undefined);
  const dying = new Worker(queueName(0), () => (taken(), never), {
    ...{ ...at(), lockDuration: 200, stalledInterval: 100, maxStalledCount: 1_000 },
  });
  dying.on('error', () => undefined);
  await took;
  await dying.close(true);
}

describe('a job', () => {
  it('whose worker dies again and again is decided by the one that lives', async () => {
    const { id } = must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'a' })).body;
    for (let i = 0; i < 3; i++) await dieWithTheJob();
    await site.start('worker');
    await eventually('ann holds', async () => (await site.shop(api).read(id)).body.status === 'held');
    expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 });
  });

  it('that cannot be decided, nor put off as Redis takes no writes, is decided later', async () => {
    const worker = await site.start('worker');
    jest.spyOn(worker.app.get(ReserveBatchRunner), 'run').mockRejectedValueOnce(new Error('a store is away'));
    jest.spyOn(Job.prototype, 'moveToDelayed').mockRejectedValueOnce(new Error('MISCONF: no room'));
    const { id } = must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'a' })).body;
    await eventually('ann holds', async () => (await site.shop(api).read(id)).body.status === 'held');
    expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 });
  });

  it('that comes twice, or was written by somebody else, changes nothing', async () => {
    const { id } = must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'a' })).body;
    const [job] = await queue.getJobs(['wait']);
    await queue.add('batch', job?.data);
    for (const hostile of [null, 7, { saleKey: '../../x', tails: ['x'] }, { saleKey: sale.key, tails: ['not a tail'] }])
      await queue.add('batch', hostile);
    await site.start('worker');
    await eventually('ann holds', async () => (await site.shop(api).read(id)).body.status === 'held');
    must(201, await site.shop(api).reserve(sale.id, body('bob'), { wait: 10 }));
    await eventually('no job is left', async () => (await queue.getJobCountByTypes('wait', 'active', 'delayed')) === 0);
    await site.untilCounts(sale, '98 2 0 0 / 100');
  });

  it('that is done leaves nothing behind', async () => {
    await site.start('worker');
    for (let i = 0; i < 20; i++) must(201, await site.shop(api).reserve(sale.id, body(`customer ${i}`), { wait: 10 }));
    await eventually(
      'no job is left',
      async () => (await queue.getJobCountByTypes('wait', 'active', 'completed')) === 0,
    );
    expect(await queue.getJobCounts('failed', 'completed')).toEqual({ failed: 0, completed: 0 });
  });
});

describe('a customer who hangs up after asking', () => {
  it('has the reservation all the same, and finds it again', async () => {
    await new Promise<void>((resolve) => {
      const asked = request(`${api.url}/v1/sales/${sale.id}/reservations`, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${STOREFRONT_KEY}`, 'content-type': 'application/json' },
          ...{ prefer: 'wait=20', 'idempotency-key': 'a' },
        },
      });
      asked.on('error', () => resolve());
      asked.end(JSON.stringify(body('ann')), () => {
        void eventually('it is queued', async () => (await queue.getJobCountByTypes('wait')) > 0).then(() =>
          asked.destroy(),
        );
      });
    });
    await site.start('worker');
    await eventually('ann holds', async () => {
      const { items } = (await site.shop(api).list(sale.id, '?customerId=ann')).body;
      return items[0]?.status === 'held';
    });
  });
});
