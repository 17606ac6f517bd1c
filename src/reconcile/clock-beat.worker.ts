import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { ClockBeat } from './clock-beat.js';

const INTERVAL_MS = 500;
/** Often enough that the clock does not stand while no worker runs. */
const API_INTERVAL_MS = 2_000;

/**
 * Vouches for the ledger's clock, in every role: an API process that is alone for a while still takes requests and pins
 * holds, and by a clock that stands they would be old at once when a worker comes.
 */
@Injectable()
export class ClockBeatWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(clock: ClockBeat, config: Config, log: Log) {
    const intervalMs = config.role === 'api' ? API_INTERVAL_MS : INTERVAL_MS;
    this.ticker = new Ticker('clock-beat', intervalMs, () => clock.runOnce(), log.child({ part: 'reconcile' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}
