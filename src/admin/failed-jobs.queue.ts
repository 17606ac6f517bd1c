import { Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { appendToAudit } from '../events/audit-log.js';
import { Postgres } from '../platform/postgres.js';
import { redisUnavailable } from '../platform/redis.js';
import { Problem } from '../problems.js';
import { QueueLag } from '../reservations/queue-lag.queue.js';
import type { FailedJobList, FailedJobView, QueueList, RetriedJobs } from './queues.dto.js';

/** All of a queue's failed jobs: it keeps no more than these. */
const FAILED_KEPT_MAX = 1_000;
type Batch = Partial<{ saleKey: string; tails: unknown[] }>;

/** The reserve queues as operators see them, and their failed jobs, looked at and queued again by BullMQ's own means. */
@Injectable()
export class FailedJobs {
  constructor(
    private readonly lag: QueueLag,
    private readonly postgres: Postgres,
  ) {}

  /** The queue of each partition. Throws store-unavailable. */
  async queues(): Promise<QueueList> {
    const read = async (queue: Queue): Promise<QueueList['items'][number]> => {
      const [counts, { oldestAgeMs }, workers] = await Promise.all([
        queue.getJobCounts('wait', 'active', 'delayed', 'failed'),
        this.lag.of(queue),
        queue.getWorkersCount(),
      ]);
      const { wait = 0, active = 0, delayed = 0, failed = 0 } = counts;
      const oldestAgeSeconds = oldestAgeMs / 1_000;
      return { queue: queue.name, waiting: wait, active, delayed, failed, oldestAgeSeconds, workers };
    };
    return { items: await reached(Promise.all(this.lag.queues().map(read))) };
  }

  /** The newest first. Throws store-unavailable. */
  async list(limit: number): Promise<FailedJobList> {
    const jobs = await this.all();
    const views = jobs.map(({ queue, job }) => toView(queue, job)).sort((a, b) => (a.failedAt < b.failedAt ? 1 : -1));
    return { items: views.slice(0, limit), total: views.length };
  }

  /** Queues one again; of one that is queued already nothing is changed. Throws job-not-found, store-unavailable. */
  async retry(id: string, reason: string, actor: string): Promise<RetriedJobs> {
    for (const queue of this.lag.queues()) {
      const job = (await reached(queue.getJob(id))) as Job<Batch> | undefined;
      if (job) return { retried: (await this.again(queue, job, reason, actor)) ? 1 : 0 };
    }
    throw new Problem('job-not-found', 'There is no such job: it was retried and is done, or never was.');
  }

  /** Queues all of them again, each by itself. Throws store-unavailable; then some are: repeat. */
  async retryAll(reason: string, actor: string): Promise<RetriedJobs> {
    let retried = 0;
    for (const { queue, job } of await this.all()) if (await this.again(queue, job, reason, actor)) retried++;
    return { retried };
  }

  /** Redis first: the job decides nothing, so a repeat that is not in the log has changed nothing that counts. */
  private async again(queue: Queue, job: Job<Batch>, reason: string, actor: string): Promise<boolean> {
    const before = toView(queue, job);
    if (!(await reached(job.isFailed()))) return false;
    await reached(job.retry('failed'));
    const entry = { actor, action: 'job.retry', subject: before.id, reason };
    const after = { queue: queue.name, state: 'waiting' };
    await this.postgres.transaction((client) => appendToAudit(client, [{ ...entry, before, after }]));
    return true;
  }

  private async all(): Promise<{ queue: Queue; job: Job<Batch> }[]> {
    const lists = this.lag.queues().map(async (queue) => {
      // A job may go between the list and the reading of it.
      const jobs = (await queue.getFailed(0, FAILED_KEPT_MAX - 1)) as (Job<Batch> | undefined)[];
      return jobs.flatMap((job) => (job ? [{ queue, job }] : []));
    });
    return (await reached(Promise.all(lists))).flat();
  }
}

function toView(queue: Queue, job: Job<Batch>): FailedJobView {
  const { saleKey, tails } = job.data;
  return {
    id: job.id ?? '',
    queue: queue.name,
    saleId: typeof saleKey === 'string' ? `sale_${saleKey}` : null,
    requests: Array.isArray(tails) ? tails.length : 0,
    failedReason: job.failedReason,
    attempts: job.attemptsMade,
    queuedAt: new Date(job.timestamp).toISOString(),
    failedAt: new Date(job.finishedOn ?? job.timestamp).toISOString(),
  };
}

async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch {
    throw redisUnavailable();
  }
}
