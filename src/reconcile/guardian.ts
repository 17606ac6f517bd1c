import { Injectable } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { WriteEpoch } from '../inventory/write-epoch.js';
import { Log } from '../platform/logging.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { Rebuild } from './rebuild.js';
import { RebuildMetrics } from './rebuild-metrics.js';
import { type StaleReason, staleReason } from './stale-reason.js';

/** Sees to it that Redis works on the epoch that Postgres names, in the run that it was built in; rebuilds where not. */
@Injectable()
export class Guardian {
  /** Epochs whose books a process has found wrong. */
  private readonly suspects = new Map<string, number>();
  /** Sales that somebody needs, whether or not they are active. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly sales: ActiveSales,
    private readonly connection: InventoryConnection,
    private readonly epochs: WriteEpoch,
    private readonly rebuild: Rebuild,
    private readonly settings: SaleSettings,
    private readonly log: Log,
    private readonly metrics: RebuildMetrics,
  ) {}

  ask(saleId: string): void {
    this.asked.add(saleId);
  }

  suspect(saleId: string, epoch: number): void {
    this.suspects.set(saleId, epoch);
  }

  /** Returns how many sales it rebuilt. Without Redis there is nothing to guard. */
  async runOnce(): Promise<number> {
    const runId = this.connection.runId();
    if (!runId) return 0;
    const sales = await this.sales.list([...this.asked]);
    this.asked.clear();
    const open = await this.epochs.openEpochs(sales);
    const reasons = sales.map((sale, i) => staleReason(sale, open[i], runId, this.suspects.get(sale.id)));
    const behind = sales.filter((sale, i) => !reasons[i] && sale.revision > (open[i]?.revision ?? 0));
    this.suspects.clear();
    let rebuilt = 0;
    for (const [i, sale] of sales.entries()) {
      const reason = reasons[i];
      if (reason && (await this.tryRebuild(sale, reason))) rebuilt++;
    }
    // A pause or a close that found Redis away must not wait for somebody to repeat it.
    for (const sale of behind) await this.settings.push(sale.id, 0).catch(() => undefined);
    return rebuilt;
  }

  /** One sale that cannot be rebuilt must not keep the others waiting; the next run tries it again. */
  private async tryRebuild(sale: ActiveSale, reason: StaleReason): Promise<boolean> {
    try {
      return await this.metrics.rebuild(reason, () => this.rebuild.rebuild(sale));
    } catch (error) {
      this.log.root.warn({ err: error, saleId: sale.id }, 'a rebuild failed and will be begun again');
      return false;
    }
  }
}
