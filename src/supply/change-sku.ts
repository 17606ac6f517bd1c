import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { Ledger } from '../inventory/ledger.js';
import { withdrawUnits } from '../inventory/withdraw.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { changeSkuRow, refuseClosed, refusePublished, type SupplyEntry, writeSku } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import { ReconcileSupply } from './reconcile-supply.js';
import type { ChangeSkuBody } from './sku.body.js';
import { isLive, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { SupplyLock } from './supply-lock.js';

/** Changes what a SKU is, and takes one out of its sale that nobody ever had a unit of. */
@Injectable()
export class ChangeSku {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
    private readonly lock: SupplyLock,
    private readonly stores: ReconcileSupply,
    private readonly published: PublishSupply,
    private readonly catalog: SaleCatalog,
  ) {}

  /** What is so already changes nothing. Throws sku-not-found and sale-state-conflict. */
  async change(skuId: string, { reason: _, ...wanted }: ChangeSkuBody, entry: SupplyEntry): Promise<void> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    await this.lock.run(saleOf(sku), async () => {
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        const fields = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
          (field) => wanted[field] !== undefined && wanted[field] !== now[field],
        );
        if (fields.length === 0) return null;
        const part = (of: typeof wanted): object => Object.fromEntries(fields.map((field) => [field, of[field]]));
        await writeSku(client, skuId, part(wanted));
        return { before: part(now), after: part(wanted) };
      });
      await this.published.publish(sku);
    });
  }

  /**
   * All its units are withdrawn first, in Redis as ever, so that nobody can get one any more. Throws sku-not-found (a repeat
   * does), and sale-state-conflict where a unit was ever held, or the sale has no other SKU.
   */
  async remove(skuId: string, entry: SupplyEntry): Promise<void> {
    const seen = await readSkuSupply(this.postgres.pool, skuId);
    refuseClosed(seen);
    await this.lock.run(saleOf(seen), async () => {
      const sku = await this.stores.settle(skuId);
      await this.refuseRemoval(this.postgres.pool, sku);
      if (isLive(sku)) await this.withdrawAll(sku);
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        if (!isLive(sku)) refusePublished(now);
        await this.refuseRemoval(client, now);
        await writeSku(client, skuId, { removed: true });
        return { before: { saleId: now.saleId, name: now.name, unitPrice: now.unitPrice }, after: { removed: true } };
      });
      await this.catalog.reread(sku.saleId);
    });
  }

  private async withdrawAll(sku: SkuSupply): Promise<void> {
    const { ordinal, version, blocked, withheld } = sku;
    const asked = { ordinal, version, as: 'capacity', number: blocked.length + withheld.length } as const;
    await crashPoint('stock.withdraw');
    const outcome = await withdrawUnits(this.ledger, saleOf(sku), asked);
    if (outcome.word === 'short') throw wasHeld();
    if (outcome.word === 'moved') throw postgresUnavailable();
    await this.stores.settle(sku.id);
  }

  private async refuseRemoval(db: Pick<pg.PoolClient, 'query'>, { saleId, ordinal }: SkuSupply): Promise<void> {
    const { rows } = await db.query<{ held: boolean; others: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM reservations WHERE sale_id = $1 AND lines @> $3::jsonb) AS held,
         EXISTS (SELECT 1 FROM skus WHERE sale_id = $1 AND ordinal <> $2 AND removed_at IS NULL) AS others`,
      [saleId, ordinal, JSON.stringify([{ ordinal }])],
    );
    if (rows[0]?.held) throw wasHeld();
    if (!rows[0]?.others)
      throw new Problem('sale-state-conflict', 'A sale needs a SKU: add another one first.', { reason: 'last-sku' });
  }
}

function wasHeld(): Problem {
  const detail = 'Units of this SKU were held or sold, so it stays. Bring its capacity down instead.';
  return new Problem('sale-state-conflict', detail, { reason: 'sku-was-held' });
}
