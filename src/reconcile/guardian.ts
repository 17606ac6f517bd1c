import { Injectable } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { type OpenEpoch, WriteEpoch } from '../inventory/write-epoch.js';
import { Log } from '../platform/logging.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { Rebuild } from './rebuild.js';

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
    const stale = sales.filter((sale, i) => this.isStale(sale, open[i], runId));
    const behind = sales.filter((sale, i) => !stale.includes(sale) && sale.revision > (open[i]?.revision ?? 0));
    this.suspects.clear();
    let rebuilt = 0;
    for (const sale of stale) if (await this.tryRebuild(sale)) rebuilt++;
    // A pause or a close that found Redis away must not wait for somebody to repeat it.
    for (const sale of behind) await this.settings.push(sale.id, 0).catch(() => undefined);
    return rebuilt;
  }

  private isStale(sale: ActiveSale, open: OpenEpoch | undefined, runId: string): boolean {
    return sale.redis_run_id !== runId || sale.epoch !== open?.epoch || this.suspects.get(sale.id) === sale.epoch;
  }

  /** One sale that cannot be rebuilt must not keep the others waiting; the next run tries it again. */
  private async tryRebuild(sale: ActiveSale): Promise<boolean> {
    try {
      return await this.rebuild.rebuild(sale);
    } catch (error) {
      this.log.root.warn({ err: error, saleId: sale.id }, 'a rebuild failed and will be begun again');
      return false;
    }
  }
}
