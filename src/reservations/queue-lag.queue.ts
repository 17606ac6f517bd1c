import { getQueueToken } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { queueName } from './reserve.queue.js';

/** Where a job is until its batch is decided. */
const UNFINISHED = ['wait', 'active', 'delayed'] as const;

/** How far a reserve queue is behind: batches that are not decided yet, how old the oldest is, and how many failed. */
export interface QueueLagOf {
  readonly queue: string;
  readonly jobs: number;
  readonly failed: number;
  readonly oldestAgeMs: number;
}

/** How deep the reserve queues are, and how old what waits in them. */
@Injectable()
export class QueueLag {
  constructor(
    private readonly modules: ModuleRef,
    private readonly config: Config,
  ) {}

  /** The queue of each partition, in their order. */
  queues(): Queue[] {
    return Array.from({ length: this.config.partitions }, (_, partition) =>
      this.modules.get<Queue>(getQueueToken(queueName(partition)), { strict: false }),
    );
  }

  /** Throws store-unavailable. */
  async read(): Promise<QueueLagOf[]> {
    try {
      return await Promise.all(this.queues().map((queue) => this.of(queue)));
    } catch {
      throw redisUnavailable();
    }
  }

  async of(queue: Queue): Promise<QueueLagOf> {
    const [counts, oldest] = await Promise.all([
      queue.getJobCounts(...UNFINISHED, 'failed'),
      queue.getJobs([...UNFINISHED], 0, 0, true),
    ]);
    const jobs = UNFINISHED.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    // A job may be gone between the list and the reading of it; BullMQ stamps it by the clock of whoever adds it.
    const now = performance.timeOrigin + performance.now();
    const ages = oldest.filter(Boolean).map(({ timestamp }) => now - timestamp);
    return { queue: queue.name, jobs, failed: counts['failed'] ?? 0, oldestAgeMs: Math.max(0, ...ages) };
  }
}
