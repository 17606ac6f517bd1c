import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { SupplyRun } from './supply-run.js';

/** Looks every SCHEDULE_INTERVAL_MS, in the worker role. */
@Injectable()
export class SupplyWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(run: SupplyRun, config: Config, log: Log) {
    this.ticker = new Ticker('supply', config.scheduleIntervalMs, () => run.runOnce(), log.child({ part: 'supply' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }
}
