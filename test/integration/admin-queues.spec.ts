import { randomUUID } from 'node:crypto';
import { getQueueToken } from '@nestjs/bullmq';
import { type Queue, Worker } from 'bullmq';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { must } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';
import { RedisConnections } from '../../src/platform/redis.js';

let site: Site;
let admin: AdminCalls;
beforeAll(async () => {
  // No worker of ours: whatever is in the queue stays until a test takes it.
  site = await Site.open({ env: { PARTITIONS: '2' } });
  await site.start('api');
  admin = new AdminCalls(site);
});
afterAll(() => site.close());

const queueOf = (name: string): Queue => site.app.get<Queue>(getQueueToken(name), { strict: false });

/** Jobs as a worker leaves them that could do nothing with them. */
async function fail(queue: Queue, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const jobId of ids) await queue.add('batch', { saleKey: 'k3v9x2m1qa', tails: ['a', 'b'] }, { jobId });
  const refuse = (): Promise<never> => Promise.reject(new Error('the script is broken'));
  const connection = site.app.get(RedisConnections).patient();
  const worker = new Worker(queue.name, refuse, { connection, prefix: queue.opts.prefix ?? '' });
  await eventually('the jobs have failed', async () => (await queue.getFailedCount()) === count);
  await worker.close();
  return ids;
}

describe('operators of queues', () => {
  it('see each queue, look at what failed and why, and queue it again', async () => {
    const queue = queueOf('reserve-1');
    const [first = '', ...others] = await fail(queue, 3);
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
