import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { Problem } from '../problems.js';
import { ReserveQueue } from './reserve.queue.js';
import { ReturnTimes } from './return-times.js';

const LOOK_MS = 250;

/**
 * Turns requests away at the door while those before them wait too long: what would be decided after its customer has
 * gone only keeps the others waiting. Judged by the age of the oldest batch, which says how long a wait is now,
 * whatever the depth; looked at four times a second, so that it costs a request nothing.
 */
@Injectable()
export class Backlog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly oldestWaitMs = new Map<number, number>();
  private someIsOld = false;
  private readonly ticker: Ticker;

  constructor(
    private readonly queue: ReserveQueue,
    private readonly config: Config,
    private readonly returns: ReturnTimes,
    log: Log,
  ) {
    this.ticker = new Ticker('backlog', LOOK_MS, () => this.runOnce(), log.child({ part: 'reservations' }));
  }

  onApplicationBootstrap(): void {
    if (this.config.role !== 'worker') this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** Throws overloaded while the sale's queue is too old. */
  check(sale: SaleRef): void {
    // Nearly always; a sale's queue is found by a hash, which would cost each request 2 µs.
    if (!this.someIsOld) return;
    const waitMs = this.oldestWaitMs.get(this.queue.partitionOf(sale)) ?? 0;
    if (waitMs <= this.config.queueAgeMsMax) return;
    throw new Problem(
      'overloaded',
      'Too many requests wait for a decision; repeat this one later, with the same key.',
      {
        retryAfterSeconds: this.returns.secondsOfNext(performance.now()),
      },
    );
  }

  /** One look at every queue. While Redis is away nothing is known, and nobody is turned away for that. */
  async runOnce(): Promise<void> {
    for (let partition = 0; partition < this.config.partitions; partition++) {
      try {
        this.oldestWaitMs.set(partition, await this.queue.oldestWaitMs(partition));
      } catch (error) {
        this.oldestWaitMs.delete(partition);
        throw error;
      } finally {
        this.someIsOld = [...this.oldestWaitMs.values()].some((waitMs) => waitMs > this.config.queueAgeMsMax);
      }
    }
  }
}
