import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { SaleSchedule } from './sale-schedule.js';

/** Runs the schedule in the worker role, every SCHEDULE_INTERVAL_MS. */
@Injectable()
export class SaleScheduleWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(schedule: SaleSchedule, config: Config, log: Log) {
    const logger = log.child({ part: 'sale-schedule' });
    this.ticker = new Ticker('sale-schedule', config.scheduleIntervalMs, () => schedule.runOnce(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }
}
