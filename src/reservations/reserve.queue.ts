import { createHash, randomUUID } from 'node:crypto';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Job, Queue } from 'bullmq';
import type { SaleRef } from '../inventory/sale-keys.js';
import type { AnswerWatch } from '../platform/answer-watch.js';
import { Config } from '../platform/config.js';
import { RedisConnections, redisUnavailable } from '../platform/redis.js';
import type { SpanAsked } from '../platform/spans.js';
import { Tracing } from '../platform/tracing.js';

/** A batch of requests of one sale. Ids only: what is to be done is read from the records, never from the job. */
export interface ReserveBatch {
  readonly saleKey: string;
  readonly tails: readonly string[];
  /** The span that added it, then those of its requests; only where traces are made. */
  readonly trace?: readonly string[];
}

const ENQUEUED = (): SpanAsked => ({ name: 'reserve queue add', kind: 'producer' });

/** The name of a partition's queue. */
export function queueName(partition: number): string {
  return `reserve-${partition}`;
}

/** Hash-tagged, so that a queue's keys share a slot and partitions spread over a cluster. */
export function queuePrefix(keyPrefix: string, partition: number): string {
  return `${keyPrefix}:{reserve-${partition}}`;
}

/** Where API processes put batches for the workers: one queue a partition, a sale always in the same one. */
@Injectable()
export class ReserveQueue implements OnApplicationBootstrap {
  private readonly watch: AnswerWatch;

  constructor(
    private readonly modules: ModuleRef,
    private readonly config: Config,
    private readonly tracing: Tracing,
    connections: RedisConnections,
  ) {
    this.watch = connections.watch(() => this.queueOf(0).getJobCountByTypes('wait'));
  }

  /** BullMQ prints every error of a queue that nobody listens to; what matters is seen by whoever adds. */
  onApplicationBootstrap(): void {
    for (let partition = 0; partition < this.config.partitions; partition++)
      this.queueOf(partition).on('error', () => undefined);
  }

  /** How long the batch that waits longest has waited, in ms; 0 where none does. Jobs under way do not count. */
  async oldestWaitMs(partition: number): Promise<number> {
    // The list may name a job that a worker has taken meanwhile.
    const [oldest] = (await this.queueOf(partition).getJobs(['wait'], 0, 0, true)) as (Job | undefined)[];
    return oldest ? Math.max(0, performance.timeOrigin + performance.now() - oldest.timestamp) : 0;
  }

  /** The id of the batch that waits longest, or null. */
  async oldestWaiting(partition: number): Promise<string | null> {
    const [oldest] = (await this.queueOf(partition).getJobs(['wait'], 0, 0, true)) as (Job | undefined)[];
    return oldest?.id ?? null;
  }

  /** Lets a queue go on that somebody has paused; false when it was not. */
  async resume(partition: number): Promise<boolean> {
    const queue = this.queueOf(partition);
    const paused = await queue.isPaused();
    if (paused) await queue.resume();
    return paused;
  }

  /** Enqueues a batch. The job has an id, so a command that is sent twice adds one job. Throws store-unavailable. */
  async add(sale: SaleRef, tails: readonly string[]): Promise<void> {
    try {
      await this.tracing.span(ENQUEUED, () => {
        const batch = { saleKey: sale.key, tails, ...this.tracing.carried() };
        const queue = this.queueOf(this.partitionOf(sale));
        return this.watch.within(() => queue.add('batch', batch, { jobId: randomUUID() }));
      });
    } catch {
      throw redisUnavailable();
    }
  }

  partitionOf(sale: SaleRef): number {
    return createHash('sha256').update(sale.key).digest().readUInt32BE(0) % this.config.partitions;
  }

  private queueOf(partition: number): Queue<ReserveBatch> {
    return this.modules.get<Queue<ReserveBatch>>(getQueueToken(queueName(partition)), { strict: false });
  }
}
