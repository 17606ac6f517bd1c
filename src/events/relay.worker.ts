import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { Relay } from './relay.js';

@Injectable()
export class RelayWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(relay: Relay, config: Config, log: Log) {
    const drain = async (): Promise<void> => {
      // A run that delivered something may have left more behind.
      while ((await relay.runOnce()) > 0);
    };
    this.ticker = new Ticker('relay', config.relayIntervalMs, drain, log.child({ part: 'events' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}
