import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { ActiveSales } from '../sales/active-sales.js';
import { Sweep } from './sweep.js';

/** The list of sales changes rarely; what is due in them does not. */
const SALES_INTERVAL_MS = 1_000;
/** Who waits longer than a sale's queue timeout, which is seconds, waits at most so much longer. */
const OVERDUE_INTERVAL_MS = 500;
/** What a sweep gave back is journalled at once; this is for what somebody else left, who died or had no Postgres. */
const JOURNAL_INTERVAL_MS = 1_000;
const SALES_AT_FULL_PACE = 100;

/** Beyond a hundred sales each is looked at less often, so that all of them together cost no more. */
export function intervalFor(sales: number, intervalMs: number): number {
  return intervalMs * Math.max(1, sales / SALES_AT_FULL_PACE);
}

/**
 * Lets deadlines pass: sweeps every active sale, again and again. Each has loops of its own, so that a sale in which a
 * hundred thousand holds end at once keeps no other waiting, and its units do not wait for its rows.
 */
@Injectable()
export class ExpiryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly look: Ticker;
  private readonly loops = new Map<string, readonly Ticker[]>();

  constructor(
    private readonly sweep: Sweep,
    private readonly activeSales: ActiveSales,
    private readonly config: Config,
    private readonly log: Log,
  ) {
    this.look = new Ticker('active sales', SALES_INTERVAL_MS, () => this.followSales(), log.child({ part: 'expiry' }));
  }

  onApplicationBootstrap(): void {
    this.look.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.look.stop();
    await Promise.all([...this.loops.keys()].map((id) => this.leave(id)));
  }

  /** While Postgres is away the sales known last are swept on: their holds expire all the same. */
  private async followSales(): Promise<void> {
    const sales = await this.activeSales.list();
    const active = new Set(sales.map(({ id }) => id));
    for (const sale of sales) if (!this.loops.has(sale.id)) this.begin(sale);
    await Promise.all([...this.loops.keys()].filter((id) => !active.has(id)).map((id) => this.leave(id)));
  }

  private begin(sale: SaleRef): void {
    const log = this.log.child({ part: 'expiry', saleId: sale.id });
    const every = (intervalMs: number) => (): number => intervalFor(this.loops.size, intervalMs);
    const journal = new Ticker('journal', every(JOURNAL_INTERVAL_MS), () => this.sweep.journalEnded(sale), log);
    const overdue = new Ticker('overdue', every(OVERDUE_INTERVAL_MS), () => this.sweep.endOverdue(sale), log);
    const giveBack = async (): Promise<void> => {
      if ((await this.sweep.giveBack(sale)) > 0) journal.nudge();
    };
    const loops = [new Ticker('sweep', every(this.config.sweepIntervalMs), giveBack, log), overdue, journal];
    this.loops.set(sale.id, loops);
    for (const loop of loops) loop.start();
  }

  private async leave(id: string): Promise<void> {
    const loops = this.loops.get(id) ?? [];
    this.loops.delete(id);
    await Promise.all(loops.map((loop) => loop.stop()));
  }
}
