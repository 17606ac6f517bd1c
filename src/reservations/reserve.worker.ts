import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DelayedError, type Job, MetricsTime, Worker } from 'bullmq';
import { crashPoint } from '../crash-points.js';
import { KnownPartitions } from '../inventory/known-partitions.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { RedisConnections } from '../platform/redis.js';
import type { SpanAsked } from '../platform/spans.js';
import { traceparentsIn } from '../platform/traceparent.js';
import { Tracing } from '../platform/tracing.js';
import { type ReserveBatch, queueName, queuePrefix } from './reserve.queue.js';
import { ReserveBatchRunner } from './reserve-batch.js';

/** Recovery after a killed worker takes a lock and a look: about 1.5 s with these, a minute with BullMQ's own. */
const LOCK_MS = 2_000;
const STALLED_LOOK_MS = 1_000;
const STALLED_MAX = 1_000;
const RETRY_MS = 100;
/** How long an idle worker waits in one call: less than a connection may be silent. */
const IDLE_WAIT_SECONDS = 1;
const TAIL = /^[A-Za-z0-9_-]{32}$/;

/** Takes batches from every partition that is in use, or was before a setting changed, and has them decided. */
@Injectable()
export class ReserveWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private workers: Worker<ReserveBatch>[] = [];

  constructor(
    private readonly connections: RedisConnections,
    private readonly partitions: KnownPartitions,
    private readonly runner: ReserveBatchRunner,
    private readonly config: Config,
    private readonly log: Log,
    private readonly tracing: Tracing,
  ) {}

  onApplicationBootstrap(): void {
    for (let partition = 0; partition < this.config.partitions; partition++) this.work(partition);
    this.drainLeftBehind().catch((error: unknown) =>
      this.log.root.warn({ err: error }, 'partitions of an earlier setting are not drained'),
    );
  }

  /** Waits for the batches under way; Redis may be gone, and the process's own deadline ends the wait then. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  private work(partition: number): void {
    const worker = new Worker<ReserveBatch>(queueName(partition), (job, token) => this.decide(job, token), {
      connection: this.connections.patient(),
      prefix: queuePrefix(this.config.keyPrefix, partition),
      concurrency: this.config.reserveConcurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_LOOK_MS,
      maxStalledCount: STALLED_MAX,
      drainDelay: IDLE_WAIT_SECONDS,
      metrics: { maxDataPoints: MetricsTime.ONE_HOUR },
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 1_000 },
    });
    worker.on('error', (error) => this.log.root.debug({ err: error, partition }, 'reserve worker'));
    this.workers.push(worker);
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
      await job.moveToDelayed(Date.now() + RETRY_MS, token);
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
