import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Metrics } from '../platform/metrics.js';
import { Readiness } from '../platform/readiness.js';
import { Ticker } from '../platform/ticker.js';
import { OpenWorkers } from './open-workers.js';
import type { PartitionWorker } from './partition-worker.queue.js';
import { ReserveQueue } from './reserve.queue.js';
import { WatchProgress } from './watch-progress.js';

/** How many looks a stuck worker lasts. */
const LOOKS_MAX = 5;
/** A process whose new workers get stuck too cannot help itself: whoever looks after it starts another. */
const REPLACED_IN_A_ROW_MAX = 5;

/**
 * Replaces workers that have stopped working though Redis answers: jobs wait, and theirs take none. BullMQ's worker has
 * been seen to do that after a failover, and a job that never ends does it too. Until the new one takes a job the
 * process is not ready; when several in a row get stuck it ends, for its supervisor to start it anew.
 */
@Injectable()
export class StuckWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watches = new Map<PartitionWorker, { progress: WatchProgress; replaced: number; steps: number }>();
  private readonly ticker: Ticker;
  private readonly replaced;

  constructor(
    private readonly workers: OpenWorkers,
    private readonly queue: ReserveQueue,
    private readonly inventory: InventoryConnection,
    private readonly readiness: Readiness,
    private readonly config: Config,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.replaced = metrics.counter('holdfast_workers_replaced_total', 'Reserve workers that took no jobs any more.');
    const lookMs = config.workerStuckMs / LOOKS_MAX;
    this.ticker = new Ticker('stuck-workers', lookMs, () => this.runOnce(), log.child({ part: 'reservations' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** One look at every partition in use; returns how many workers it replaced. Without Redis nobody is to blame. */
  async runOnce(): Promise<number> {
    if (this.inventory.runId() === undefined) return 0;
    let replaced = 0;
    for (const worker of this.workers.all.filter(({ partition }) => partition < this.config.partitions)) {
      if (await this.look(worker)) replaced++;
    }
    const healthy = [...this.watches.values()].every((watch) => watch.replaced === 0);
    this.readiness.report('workers', healthy);
    return replaced;
  }

  private async look(worker: PartitionWorker): Promise<boolean> {
    const { partition, steps } = worker;
    const oldestWaiting = await this.queue.oldestWaiting(partition);
    const watch = this.watches.get(worker) ?? { progress: new WatchProgress(LOOKS_MAX), replaced: 0, steps: 0 };
    this.watches.set(worker, watch);
    if (steps > watch.steps || oldestWaiting === null) watch.replaced = 0;
    watch.steps = steps;
    if (!watch.progress.isStuck({ oldestWaiting, steps })) return false;
    watch.progress.beginAnew();
    // Sales are paused, never queues: whoever did that meant something else, or forgot it.
    if (await this.queue.resume(partition)) {
      this.log.root.error({ partition }, 'somebody paused a reserve queue; it is resumed');
      return false;
    }
    this.replace(worker, ++watch.replaced);
    return true;
  }

  private replace(worker: PartitionWorker, inARow: number): void {
    const { partition } = worker;
    this.log.root.error({ partition, inARow }, 'jobs wait and the worker takes none; it is replaced');
    this.replaced.inc();
    if (inARow <= REPLACED_IN_A_ROW_MAX) return worker.replace();
    // As an error that nobody catches: the process stops in order, with 1.
    setImmediate(() => {
      throw new Error(`${inARow} reserve workers in a row took no jobs`);
    });
  }
}
