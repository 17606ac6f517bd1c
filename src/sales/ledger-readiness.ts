import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { Log } from '../platform/logging.js';
import { Readiness } from '../platform/readiness.js';
import { Ticker } from '../platform/ticker.js';
import { ActiveSales } from './active-sales.js';

const LOOK_INTERVAL_MS = 50;

/** Reports the ledger as built once every active sale was built in the Redis that is connected; then it is done. */
@Injectable()
export class LedgerReadiness implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly sales: ActiveSales,
    private readonly connection: InventoryConnection,
    private readonly readiness: Readiness,
    log: Log,
  ) {
    this.ticker = new Ticker('ledger-readiness', LOOK_INTERVAL_MS, () => this.look(), log.child({ part: 'sales' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  private async look(): Promise<void> {
    const runId = this.connection.runId();
    if (!runId) return;
    const sales = await this.sales.list();
    if (sales.some(({ redis_run_id: builtIn }) => builtIn !== runId)) return;
    this.readiness.report('ledger', true);
    void this.ticker.stop();
  }
}
