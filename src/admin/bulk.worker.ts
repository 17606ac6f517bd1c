import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { BulkRun } from './bulk-run.js';

/** Does what operators ask for in bulk, every SCHEDULE_INTERVAL_MS in the worker role. */
@Injectable()
export class BulkWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(run: BulkRun, config: Config, log: Log) {
    this.ticker = new Ticker('bulk', config.scheduleIntervalMs, () => run.runOnce(), log.child({ part: 'admin' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }
}
