import { type Job, MetricsTime, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { type Config } from '../platform/config.js';
import { type RedisConnections } from '../platform/redis.js';
import { type ReserveBatch, queueName, queuePrefix } from './reserve.queue.js';

/**
 * Recovery after a killed worker takes a lock and two looks: 2 s with these, a minute with BullMQ's own. A worker whose
 * event loop stands still for half a lock loses its jobs to another, which changes no outcome.
 */
const LOCK_MS = 1_500;
const STALLED_LOOK_MS = 250;
const STALLED_MAX = 1_000;
/** After a connection error BullMQ would rest for 15 s. */
const RETRY_MS = 200;
/** How long an idle worker waits in one call: less than a connection may be silent. */
const IDLE_WAIT_SECONDS = 1;
const CLOSE_LOOK_MS = 50;

export type DecideJob = (job: Job<ReserveBatch>, token: string | undefined) => Promise<void>;

/** BullMQ's worker of one partition, which can be replaced by a new one where it has stopped working. */
export class PartitionWorker {
  /** Jobs taken, and jobs finished. */
  steps = 0;
  private worker: Worker<ReserveBatch>;
  private connection: ReturnType<RedisConnections['patient']>;

  constructor(
    readonly partition: number,
    private readonly connections: RedisConnections,
    private readonly config: Config,
    private readonly decide: DecideJob,
    private readonly log: Logger,
  ) {
    this.connection = connections.patient();
    this.worker = this.open();
  }

  /**
   * A new worker on a new connection. Jobs of the old one lose their locks and are taken again; that they may be decided
   * twice changes no outcome.
   */
  replace(): void {
    const [worker, connection] = [this.worker, this.connection];
    this.connection = this.connections.patient();
    this.worker = this.open();
    void worker.close(true).catch(() => undefined);
    this.connections.drop(connection);
  }

  /** Waits for the jobs under way, unless `hopeless`: BullMQ's own close never ends without Redis. */
  async close(hopeless: () => boolean): Promise<void> {
    const closing = this.worker.close().then(
      () => true,
      () => true,
    );
    // pause: nobody tells when something becomes hopeless
    const look = (): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), CLOSE_LOOK_MS));
    while (!(await Promise.race([closing, look()]))) if (hopeless()) return;
  }

  private open(): Worker<ReserveBatch> {
    const worker = new Worker<ReserveBatch>(queueName(this.partition), (job, token) => this.step(job, token), {
      connection: this.connection,
      prefix: queuePrefix(this.config.keyPrefix, this.partition),
      concurrency: this.config.reserveConcurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_LOOK_MS,
      maxStalledCount: STALLED_MAX,
      runRetryDelay: RETRY_MS,
      drainDelay: IDLE_WAIT_SECONDS,
      metrics: { maxDataPoints: MetricsTime.ONE_HOUR },
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 1_000 },
    });
    worker.on('error', (error) => this.log.debug({ err: error, partition: this.partition }, 'reserve worker'));
    return worker;
  }

  private async step(job: Job<ReserveBatch>, token: string | undefined): Promise<void> {
    this.steps += 1;
    try {
      await this.decide(job, token);
    } finally {
      this.steps += 1;
    }
  }
}
