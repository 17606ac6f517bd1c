import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RebuildRequests } from '../inventory/rebuild-requests.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { RedisConnections } from '../platform/redis.js';
import { Ticker } from '../platform/ticker.js';
import { ActiveSales } from '../sales/active-sales.js';
import { Guardian } from './guardian.js';
import { RebuildMetrics } from './rebuild-metrics.js';
import { ReconcilePins } from './reconcile-pins.js';

const PINS_INTERVAL_MS = 1_000;

@Injectable()
export class GuardianWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tickers: { guardian: Ticker; pins: Ticker };

  constructor(
    private readonly guardian: Guardian,
    private readonly requests: RebuildRequests,
    private readonly connections: RedisConnections,
    private readonly log: Log,
    sales: ActiveSales,
    reconcilePins: ReconcilePins,
    metrics: RebuildMetrics,
    config: Config,
  ) {
    const child = log.child({ part: 'reconcile' });
    const finishPins = async (): Promise<void> => {
      for (const sale of await sales.list()) {
        await reconcilePins
          .runOnce(sale)
          .then((pins) => metrics.reconciled(pins))
          .catch((error: unknown) => child.warn({ err: error, saleId: sale.id }, 'pins are left for the next run'));
      }
    };
    this.tickers = {
      guardian: new Ticker('guardian', config.guardianIntervalMs, () => guardian.runOnce(), child),
      pins: new Ticker('pins', PINS_INTERVAL_MS, finishPins, child),
    };
  }

  onApplicationBootstrap(): void {
    const subscriber = this.connections.subscriber();
    subscriber.on('message', (_channel, message: string) => {
      const [saleId = '', epoch] = message.split(' ');
      this.guardian.ask(saleId);
      if (epoch !== undefined) this.guardian.suspect(saleId, Number(epoch));
      this.tickers.guardian.nudge();
    });
    // Without it the guardian still looks by itself at every interval.
    subscriber
      .subscribe(this.requests.channel)
      .catch((error: unknown) => this.log.root.warn({ err: error }, 'not subscribed'));
    this.tickers.guardian.start();
    this.tickers.pins.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.tickers.guardian.stop(), this.tickers.pins.stop()]);
  }
}
