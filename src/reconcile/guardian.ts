import { Injectable } from '@nestjs/common';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { LAYOUT } from '../inventory/layout.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { type OpenEpoch, WriteEpoch } from '../inventory/write-epoch.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { KnownSold } from './known-sold.js';
import { Rebuild } from './rebuild.js';
import { RebuildMetrics } from './rebuild-metrics.js';
import { type StaleReason, staleReason } from './stale-reason.js';

/** A rebuild uses two: this many of the pool for each that runs at once. */
const CONNECTIONS_A_LANE = 4;

/** Sees to it that Redis works on the epoch that Postgres names, in the run that it was built in; rebuilds where not. */
@Injectable()
export class Guardian {
  /** Epochs whose books a process has found wrong. */
  private readonly suspects = new Map<string, number>();
  /** Sales that nobody may rebuild, so that the log tells of each once. */
  private readonly refused = new Set<string>();
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
    private readonly known: KnownSold,
    private readonly config: Config,
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
    // A sale that a newer version has built in a form of its own is that version's to guard.
    const asked = new Set(this.asked);
    this.asked.clear();
    const sales = (await this.sales.list([...asked]))
      .filter(({ layout }) => layout <= LAYOUT.newest)
      .sort((a, b) => Number(asked.has(b.id)) - Number(asked.has(a.id)));
    const open = await this.epochs.openEpochs(sales);
    const reasons = sales.map((sale, i) => staleReason(sale, open[i], runId, this.suspects.get(sale.id)));
    const behind = sales.filter((sale, i) => !reasons[i] && sale.revision > (open[i]?.revision ?? 0));
    this.suspects.clear();
    let rebuilt = 0;
    const left = sales.entries();
    await this.inLanes(async () => {
      for (const [i, sale] of left) {
        const reason = reasons[i];
        if (reason === 'postgres-older') await this.refuse(sale, open[i]);
        else if (reason && (await this.tryRebuild(sale, reason, open[i]))) rebuilt++;
      }
    });
    // A pause or a close that found Redis away must not wait for somebody to repeat it.
    for (const sale of behind) await this.settings.push(sale.id, 0).catch(() => undefined);
    return rebuilt;
  }

  /** A large sale must not keep the others waiting. A rebuild takes two connections: most of the pool is left to requests. */
  private async inLanes(work: () => Promise<void>): Promise<void> {
    const lanes = Math.max(1, Math.floor(this.config.pgPoolMax / CONNECTIONS_A_LANE));
    await Promise.all(Array.from({ length: lanes }, work));
  }

  /** Once a sale: it stays closed to everybody until Redis's state of it is gone, and that is for a person to decide. */
  private async refuse(seen: ActiveSale, open: OpenEpoch | undefined): Promise<void> {
    // Another guardian may have raised the epoch between our look at Postgres and that at Redis.
    const sale = (await this.sales.list([seen.id])).find(({ id }) => id === seen.id);
    if (!sale || sale.epoch >= (open?.epoch ?? 0) || this.refused.has(sale.id)) return;
    this.refused.add(sale.id);
    this.log.root.fatal(
      { saleId: sale.id, postgresEpoch: sale.epoch, redisEpoch: open?.epoch },
      'Postgres is older than Redis knows: it was restored from a backup, or another one answers. Nothing of this sale is ' +
        'sold. Restore the newest Postgres; or, to accept what this one has forgotten, empty Redis: see "Backup" in the README',
    );
  }

  /**
   * A backup that was taken in this very epoch names no older one, but has fewer units sold: those would be sold again. What
   * Redis has stays as it is, for as long as this Postgres is the one that answers.
   */
  private async refuseToForget(sale: ActiveSale, open: OpenEpoch | undefined): Promise<boolean> {
    if (open?.epoch !== sale.epoch) return false;
    const beyond = await this.known.beyond(sale, sale.epoch);
    if (!beyond) return false;
    if (!this.refused.has(sale.id))
      this.log.root.fatal(
        { saleId: sale.id, epoch: sale.epoch, ...beyond },
        'Redis has sold units that Postgres knows nothing of: it was restored from a backup, or another one answers. The sale is ' +
          'not rebuilt from it. Restore the newest Postgres; or, to accept what this one has forgotten, see "Backup" in OPERATIONS.md',
      );
    this.refused.add(sale.id);
    return true;
  }

  /** One sale that cannot be rebuilt must not keep the others waiting; the next run tries it again. */
  private async tryRebuild(sale: ActiveSale, reason: StaleReason, open: OpenEpoch | undefined): Promise<boolean> {
    try {
      if (await this.refuseToForget(sale, open)) return false;
      return await this.metrics.rebuild(reason, () => this.rebuild.rebuild(sale));
    } catch (error) {
      this.log.root.warn({ err: error, saleId: sale.id }, 'a rebuild failed and will be begun again');
      return false;
    }
  }
}
