import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { Forget } from './forget.js';

/** Looks for what is too old, again and again. */
@Injectable()
export class ForgettingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(forget: Forget, config: Config, log: Log) {
    const child = log.child({ part: 'forgetting' });
    this.ticker = new Ticker('forgetting', config.retentionIntervalMs, () => forget.runOnce(), child);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}
