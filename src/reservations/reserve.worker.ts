import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { crashPoint } from '../crash-points.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { KnownPartitions } from '../inventory/known-partitions.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { RedisConnections } from '../platform/redis.js';
import type { SpanAsked } from '../platform/spans.js';
import { traceparentsIn } from '../platform/traceparent.js';
import { Tracing } from '../platform/tracing.js';
import { OpenWorkers } from './open-workers.js';
import { PartitionWorker } from './partition-worker.queue.js';
import type { ReserveBatch } from './reserve.queue.js';
import { ReserveBatchRunner } from './reserve-batch.js';

const RETRY_MS = 100;
const TAIL = /^[A-Za-z0-9_-]{32}$/;
/** Of the deadline of a stop, what jobs under way may take: the rest of the process must end too. */
const CLOSE_SHARE = 0.6;
/** How long Redis may be away until nobody waits for the jobs that need it. */
const AWAY_MS_MAX = 500;

/** Takes batches from every partition that is in use, or was before a setting changed, and has them decided. */
@Injectable()
export class ReserveWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly connections: RedisConnections,
    private readonly partitions: KnownPartitions,
    private readonly runner: ReserveBatchRunner,
    private readonly config: Config,
    private readonly log: Log,
    private readonly tracing: Tracing,
    private readonly inventory: InventoryConnection,
    private readonly workers: OpenWorkers,
  ) {}

  onApplicationBootstrap(): void {
    for (let partition = 0; partition < this.config.partitions; partition++) this.work(partition);
    this.drainLeftBehind().catch((error: unknown) =>
      this.log.root.warn({ err: error }, 'partitions of an earlier setting are not drained'),
    );
  }

  /** Waits for the batches under way; without Redis none of them can end here, and another worker takes them later. */
  async beforeApplicationShutdown(): Promise<void> {
    const endAt = performance.now() + this.config.shutdownDeadlineMs * CLOSE_SHARE;
    let seenAt = performance.now();
    const hopeless = (): boolean => {
      const now = performance.now();
      if (this.inventory.runId() !== undefined) seenAt = now;
      return now > endAt || now - seenAt > AWAY_MS_MAX;
    };
    await Promise.all(this.workers.all.map((worker) => worker.close(hopeless)));
  }

  private work(partition: number): void {
    const { connections, config } = this;
    const decide = (job: Job<ReserveBatch>, token: string | undefined): Promise<void> => this.decide(job, token);
    this.workers.all.push(new PartitionWorker(partition, connections, config, decide, this.log.root));
  }

  private async drainLeftBehind(): Promise<void> {
    const greatest = await this.partitions.note();
    for (let partition = this.config.partitions; partition < greatest; partition++) this.work(partition);
  }

  /** A reserve job never fails: what cannot be decided now is delayed, without counting an attempt. */
  private async decide(job: Job<ReserveBatch>, token: string | undefined): Promise<void> {
    const { saleKey, tails } = job.data;
    if (!isBatch(job.data)) {
      this.log.root.error({ jobId: job.id }, 'a job that we never wrote was dropped');
      return;
    }
    try {
      const sale = { id: `sale_${saleKey}`, key: saleKey };
      await this.tracing.span(spanOf(job.data), () => this.runner.run(sale, tails));
      await crashPoint('hold.done');
    } catch (error) {
      this.log.root.debug({ err: error, saleKey }, 'a batch is put off');
      // Where a full Redis does not take even that, the job's lock runs out, and it is taken again; else BullMQ would fail it.
      await job.moveToDelayed(Date.now() + RETRY_MS, token).catch(() => undefined);
      throw new DelayedError();
    }
  }
}

/** The work goes on in the trace that added the job, linked with the requests that it decides. */
function spanOf({ saleKey, tails, trace }: ReserveBatch): () => SpanAsked {
  return () => {
    const [parent, ...links] = traceparentsIn(trace);
    const attributes = { 'holdfast.sale_key': saleKey, 'messaging.batch.message_count': tails.length };
    return { name: 'decide batch', kind: 'consumer', attributes, parent, links };
  };
}

/** Whoever can write to Redis can write a job; only what names a sale and requests of it is looked at. */
function isBatch(written: { saleKey?: unknown; tails?: unknown }): boolean {
  const { saleKey, tails } = written;
  if (typeof saleKey !== 'string' || !/^[a-z0-9]{10}$/.test(saleKey) || !Array.isArray(tails)) return false;
  return tails.every((tail: unknown) => typeof tail === 'string' && TAIL.test(tail));
}
