import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { ActiveSales } from '../sales/active-sales.js';
import { Sweep } from './sweep.js';

/** The list of sales changes rarely; what is due in them does not. */
const SALES_AGE_MS_MAX = 1_000;

/** Lets deadlines pass: sweeps every active sale, again and again. */
@Injectable()
export class ExpiryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;
  private sales: { readAt: number; list: { id: string; key: string }[] } = { readAt: -Infinity, list: [] };

  constructor(
    private readonly sweep: Sweep,
    private readonly activeSales: ActiveSales,
    config: Config,
    log: Log,
  ) {
    this.ticker = new Ticker('sweep', config.sweepIntervalMs, () => this.sweepAll(), log.child({ part: 'expiry' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  private async sweepAll(): Promise<void> {
    await this.refreshSales();
    const failed: unknown[] = [];
    for (const sale of this.sales.list) await this.sweep.runOnce(sale).catch((error: unknown) => failed.push(error));
    // Told after all sales had their turn.
    if (failed.length > 0) throw new AggregateError(failed, 'some sales could not be swept');
  }

  /** While Postgres is away the sales known last are swept on: their holds expire all the same. */
  private async refreshSales(): Promise<void> {
    if (performance.now() - this.sales.readAt < SALES_AGE_MS_MAX) return;
    try {
      this.sales = { readAt: performance.now(), list: await this.activeSales.list() };
    } catch (error) {
      if (this.sales.list.length === 0) throw error;
    }
  }
}
