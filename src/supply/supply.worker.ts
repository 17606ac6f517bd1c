import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { ReleaseRun } from './release-run.js';
import { SupplyRun } from './supply-run.js';

/** Lets out what is due and brings the stores to agree, every SCHEDULE_INTERVAL_MS in the worker role. */
@Injectable()
export class SupplyWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(run: SupplyRun, releases: ReleaseRun, config: Config, log: Log) {
    const both = async (): Promise<void> => {
      await releases.runOnce();
      await run.runOnce();
    };
    this.ticker = new Ticker('supply', config.scheduleIntervalMs, both, log.child({ part: 'supply' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }
}
