import { randomUUID } from 'node:crypto';
import { Site } from '../e2e/site.js';
import { must } from '../e2e/test-sale.js';
import { failedJobs, queueOf } from '../failed-jobs.js';
import { AdminCalls } from '../operators.js';

let site: Site;
let admin: AdminCalls;
beforeAll(async () => {
  // No worker of ours: whatever is in the queue stays until a test takes it.
  site = await Site.open({ env: { PARTITIONS: '2' } });
  await site.start('api');
  admin = new AdminCalls(site);
});
afterAll(() => site.close());

describe('operators of queues', () => {
  it('see each queue, look at what failed and why, and queue it again', async () => {
    const queue = queueOf(site, 'reserve-1');
    const [first = '', ...others] = await failedJobs(site, queue, 3);
    const { items } = must(200, await admin.get('/queues')).body as unknown as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([
      { queue: 'reserve-0', waiting: 0, active: 0, delayed: 0, failed: 0, oldestAgeSeconds: 0 },
      { queue: 'reserve-1', waiting: 0, failed: 3 },
    ]);
    const listed = must(200, await admin.get('/queues/failed', { limit: 2 })).body;
    expect(listed).toMatchObject({
      total: 3,
      items: [{ queue: 'reserve-1', saleId: 'sale_k3v9x2m1qa', requests: 2 }, {}],
    });
    expect(listed.items[0]).toMatchObject({ failedReason: 'the script is broken', attempts: 1 });
    const reason = { reason: 'the script was mended' };
    expect(must(200, await admin.post(`/queues/failed/${first}/retry`, reason)).body).toEqual({ retried: 1 });
    expect(must(200, await admin.post(`/queues/failed/${first}/retry`, reason)).body).toEqual({ retried: 0 });
    expect(must(200, await admin.post('/queues/failed/retry', reason)).body).toEqual({ retried: 2 });
    expect(await queue.getJobCounts('wait', 'failed')).toEqual({ wait: 3, failed: 0 });
    for (const id of [first, ...others])
      expect(await admin.audit(id)).toMatchObject([
        { action: 'job.retry', before: { failedReason: 'the script is broken' } },
      ]);
    expect(must(200, await admin.get('/queues/failed')).body).toEqual({ items: [], total: 0 });
  });

  it('are told when there is no such job, and what is wrong with a request', async () => {
    const reason = { reason: 'x' };
    expect(await admin.post(`/queues/failed/${randomUUID()}/retry`, reason)).toMatchObject({
      ...{ status: 404, body: { code: 'job-not-found' } },
    });
    for (const path of ['/queues/failed/retry', '/queues/failed/x/retry'])
      expect((await admin.post(path)).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await admin.get('/queues/failed', { limit: 0 })).body.errors).toMatchObject([{ pointer: '?limit' }]);
  });
});
