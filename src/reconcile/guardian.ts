import { Injectable } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { WriteEpoch } from '../inventory/write-epoch.js';
import { Log } from '../platform/logging.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { Rebuild } from './rebuild.js';

/** Sees to it that Redis works on the epoch that Postgres names, in the run that it was built in; rebuilds where not. */
@Injectable()
export class Guardian {
  /** Epochs that a process has found wanting. */
  private readonly suspects = new Map<string, number>();

  constructor(
    private readonly sales: ActiveSales,
    private readonly connection: InventoryConnection,
    private readonly epochs: WriteEpoch,
    private readonly rebuild: Rebuild,
    private readonly log: Log,
  ) {}

  suspect(saleId: string, epoch: number): void {
    this.suspects.set(saleId, epoch);
  }

  /** Returns how many sales it rebuilt. Without Redis there is nothing to guard. */
  async runOnce(): Promise<number> {
    const runId = this.connection.runId();
    if (!runId) return 0;
    const sales = await this.sales.list();
    const open = await this.epochs.openEpochs(sales);
    const stale = sales.filter(
      (sale, i) => sale.redis_run_id !== runId || sale.epoch !== open[i] || this.suspects.get(sale.id) === sale.epoch,
    );
    this.suspects.clear();
    let rebuilt = 0;
    for (const sale of stale) if (await this.tryRebuild(sale)) rebuilt++;
    return rebuilt;
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
