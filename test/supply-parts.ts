import { SaleCatalog } from '../src/sales/sale-catalog.js';
import { BlockUnits } from '../src/supply/block-units.js';
import { ChangeCapacity, type CapacityMode } from '../src/supply/change-capacity.js';
import { PublishSupply } from '../src/supply/publish-supply.js';
import { ReconcileSupply } from '../src/supply/reconcile-supply.js';
import { ReleaseRun } from '../src/supply/release-run.js';
import { type PlannedRelease, ReleaseSchedule } from '../src/supply/release-schedule.js';
import { SupplyLock } from '../src/supply/supply-lock.js';
import { SupplyRun } from '../src/supply/supply-run.js';
import type { LedgerHarness } from './ledger-harness.js';
import type { LedgerSale } from './ledger-sale.js';

/** The parts that change what there is to sell, of one process; each call on a SKU by its ordinal. */
export class SupplyParts {
  readonly run: SupplyRun;
  readonly releases: ReleaseRun;
  private readonly schedule: ReleaseSchedule;
  private readonly began: number;
  private readonly capacities: ChangeCapacity;
  private readonly blocks: BlockUnits;

  constructor(private readonly harness: LedgerHarness) {
    const { postgres, ledger, notes, settings, stock, activeSales, log } = harness;
    this.began = harness.now;
    const lock = new SupplyLock(postgres);
    const stores = new ReconcileSupply(postgres, ledger, notes);
    const catalog = new SaleCatalog(postgres, log);
    const published = new PublishSupply(stores, settings, catalog, log);
    this.capacities = new ChangeCapacity(postgres, ledger, stock, lock, stores, published);
    this.blocks = new BlockUnits(postgres, ledger, lock, stores, published, catalog);
    this.schedule = new ReleaseSchedule(postgres, ledger, lock, stores, published);
    this.releases = new ReleaseRun(postgres, this.schedule);
    this.run = new SupplyRun(postgres, activeSales, notes, lock, stores);
  }

  capacity(sale: LedgerSale, to: number, mode: CapacityMode = 'now', ordinal = 1): Promise<void> {
    return this.capacities.change(sale.skuId(ordinal), to, mode, entry('sku.capacity'));
  }

  block(sale: LedgerSale, units: number[], ordinal = 1): Promise<void> {
    return this.blocks.block(sale.skuId(ordinal), units.map(String), entry('sku.block'));
  }

  unblock(sale: LedgerSale, units: number[], ordinal = 1): Promise<void> {
    return this.blocks.unblock(sale.skuId(ordinal), units.map(String), entry('sku.unblock'));
  }

  /** Releases as [ms from the beginning of the test's time, quantity]. */
  plan(sale: LedgerSale, ...releases: [number, number][]): Promise<void> {
    const planned = releases.map(([ms, quantity]): PlannedRelease => ({ at: new Date(this.began + ms), quantity }));
    return this.schedule.plan(sale.skuId(1), planned, entry('sku.schedule'));
  }

  /** 'action before → after' of each entry of the audit log. */
  async audit(sale: LedgerSale, ordinal = 1): Promise<string[]> {
    const rows = await this.harness.postgres.query<{ action: string; before: unknown; after: unknown }>(
      'SELECT action, before, after FROM audit WHERE subject = $1 ORDER BY id',
      [sale.skuId(ordinal)],
    );
    return rows.map(({ action, before, after }) => `${action} ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  }
}

const entry = (action: string): { actor: string; action: string; reason: string } => ({
  ...{ actor: 'admin:test', action, reason: 'a test' },
});
