import { Injectable } from '@nestjs/common';
import { WithdrawalNotes } from '../inventory/withdrawal-notes.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { SupplyLock } from './supply-lock.js';

interface KnownSku {
  readonly id: string;
  readonly saleId: string;
  readonly ordinal: number;
  readonly version: number;
}

/** Finds the SKUs whose stores do not agree: a command was cut off, or units came back to a capacity on its way down. */
@Injectable()
export class SupplyRun {
  constructor(
    private readonly postgres: Postgres,
    private readonly sales: ActiveSales,
    private readonly notes: WithdrawalNotes,
    private readonly lock: SupplyLock,
    private readonly stores: ReconcileSupply,
  ) {}

  /** Returns how many SKUs it brought to agree. A sale whose state is out of reach is left for the next run. */
  async runOnce(): Promise<number> {
    const sales = await this.sales.list();
    const skus = await this.postgres.query<KnownSku>(
      `SELECT id, sale_id AS "saleId", ordinal, stock_version AS version FROM skus
       WHERE removed_at IS NULL AND sale_id = ANY($1)`,
      [sales.map(({ id }) => id)],
    );
    let settled = 0;
    for (const sale of sales) {
      settled += await this.look(
        sale,
        skus.filter(({ saleId }) => saleId === sale.id),
      ).catch(noneWhileAway);
    }
    return settled;
  }

  private async look(sale: ActiveSale, skus: readonly KnownSku[]): Promise<number> {
    const versions = await this.notes.versions(sale);
    const apart = skus.filter(({ ordinal, version }) => versions.get(ordinal) !== version);
    for (const { id } of apart) await this.lock.run(sale, () => this.stores.settle(id));
    return apart.length;
  }
}

function noneWhileAway(error: unknown): number {
  // A SKU may also be removed between the look and the lock.
  if (error instanceof Problem && (error.code === 'store-unavailable' || error.code === 'sku-not-found')) return 0;
  throw error;
}
