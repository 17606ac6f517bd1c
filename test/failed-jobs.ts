import { randomUUID } from 'node:crypto';
import { getQueueToken } from '@nestjs/bullmq';
import { type Queue, Worker } from 'bullmq';
import { RedisConnections } from '../src/platform/redis.js';
import { eventually } from './e2e/eventually.js';
import type { Site } from './e2e/site.js';

export const queueOf = (site: Site, name: string): Queue => site.app.get<Queue>(getQueueToken(name), { strict: false });

/** Jobs as a worker leaves them that could do nothing with them; the site must have no worker of its own. */
export async function failedJobs(site: Site, queue: Queue, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const jobId of ids) await queue.add('batch', { saleKey: 'k3v9x2m1qa', tails: ['a', 'b'] }, { jobId });
  const refuse = (): Promise<never> => Promise.reject(new Error('the script is broken'));
  const connection = site.app.get(RedisConnections).patient();
  const worker = new Worker(queue.name, refuse, { connection, prefix: queue.opts.prefix ?? '' });
  // A connection that is slow on a busy machine is made again; the jobs are counted below.
  worker.on('error', () => undefined);
  await eventually('the jobs have failed', async () => (await queue.getFailedCount()) === count);
  await worker.close();
  return ids;
}
