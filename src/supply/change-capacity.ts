import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Ledger } from '../inventory/ledger.js';
import { Stock } from '../inventory/stock.js';
import { type StockShort, withdrawUnits } from '../inventory/withdraw.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { changeSkuRow, refuseClosed, refusePublished, type SupplyEntry, writeSku } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { recordWithdrawn } from './record-withdrawn.js';
import { capacityOf, highestFree, isLive, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { SupplyLock } from './supply-lock.js';

/** `now`: what is too much must be available now. `as_holds_end`: the rest goes as it comes back. */
export type CapacityMode = 'now' | 'as_holds_end';

/** Holds that end meanwhile withdraw units too, and a rebuild puts some back: each attempt sees the stock as it is then. */
const ATTEMPTS_MAX = 10;

/** Changes how many units of a SKU there are, while it is sold. */
@Injectable()
export class ChangeCapacity {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
    private readonly stock: Stock,
    private readonly lock: SupplyLock,
    private readonly stores: ReconcileSupply,
    private readonly published: PublishSupply,
  ) {}

  /**
   * Numbers new units, or withdraws the highest available ones for good. A repeat changes nothing. Throws sku-not-found,
   * sale-state-conflict, and capacity-below-committed, which changes nothing either.
   */
  async change(skuId: string, capacity: number, mode: CapacityMode, entry: SupplyEntry): Promise<void> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    await this.lock.run(saleOf(sku), async () => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        if (await this.attempt(skuId, capacity, mode, entry)) return;
      }
      throw postgresUnavailable();
    });
  }

  /** False when the stock moved meanwhile. */
  private async attempt(skuId: string, capacity: number, mode: CapacityMode, entry: SupplyEntry): Promise<boolean> {
    const seen = await readSkuSupply(this.postgres.pool, skuId);
    refuseClosed(seen);
    const raises = capacity >= capacityOf(seen) && seen.capacityTarget === null;
    // To add units needs no Redis; to know how far down it is does.
    const sku = raises ? seen : await this.stores.settle(skuId);
    if (capacity < capacityOf(sku)) {
      if (mode === 'now' || !isLive(sku)) return this.lower(sku, capacity, entry);
      await this.aim(sku, capacity, entry);
    } else if (capacity > capacityOf(sku) || sku.capacityTarget !== null) {
      await this.raise(sku, capacity, entry);
    }
    await this.published.publish(sku);
    const after = await readSkuSupply(this.postgres.pool, skuId);
    return after.capacityTarget !== null || capacityOf(after) === capacity;
  }

  /** Postgres first: numbers that nobody has had. An earlier target is given up. */
  private async raise(sku: SkuSupply, capacity: number, entry: SupplyEntry): Promise<void> {
    await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
      const more = capacity - capacityOf(now);
      if (more < 0) return null;
      if (more > 0 && now.labelled) throw unitsAreNamed();
      await writeSku(client, now.id, { numbered: now.numbered + more, capacityTarget: null });
      return differenceTo(now, { capacity, capacityTarget: null });
    });
  }

  /** Redis first: the numbers that are withdrawn are those that were available there. */
  private async lower(sku: SkuSupply, capacity: number, entry: SupplyEntry): Promise<boolean> {
    if (!isLive(sku)) return this.lowerDraft(sku, capacity, entry);
    const { ordinal, version } = sku;
    const asked = { ordinal, version, as: 'capacity', number: capacity } as const;
    await crashPoint('stock.withdraw');
    const outcome = await withdrawUnits(this.ledger, saleOf(sku), asked);
    if (outcome.word === 'short') throw belowCommitted(capacity, outcome);
    if (outcome.word === 'moved') return false;
    try {
      await this.stores.recordNoted(sku, outcome.epoch, (client) => finish(client, sku, capacity, entry));
    } catch (error) {
      // The sale was rebuilt: the units are back on sale.
      if (error instanceof EpochOver) return false;
      throw error;
    }
    await this.published.publish(sku);
    return true;
  }

  private async lowerDraft(sku: SkuSupply, capacity: number, entry: SupplyEntry): Promise<boolean> {
    await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
      refusePublished(now);
      const count = capacityOf(now) - capacity;
      const units = highestFree(now, count);
      if (units.length < count) throw belowCommitted(capacity, { ...NOTHING, blocked: capacityOf(now) - units.length });
      await recordWithdrawn(
        client,
        now.id,
        units.map((unit) => ({ unit, as: 'capacity' })),
      );
      return differenceTo(now, { capacity, capacityTarget: null });
    });
    return true;
  }

  /** The target is durable first; each unit that goes is withdrawn in Redis first, as ever. */
  private async aim(sku: SkuSupply, capacityTarget: number, entry: SupplyEntry): Promise<void> {
    if (sku.capacityTarget === capacityTarget) return;
    const stock = (await this.stock.read(saleOf(sku))).find(({ ordinal }) => ordinal === sku.ordinal);
    // No hold's end brings a sold unit back.
    if (stock && stock.sold > capacityTarget) throw belowCommitted(capacityTarget, stock);
    await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
      await writeSku(client, now.id, { capacityTarget });
      return differenceTo(now, { capacityTarget });
    });
  }
}

const NOTHING: StockShort = { available: 0, held: 0, checkout: 0, sold: 0, blocked: 0 };

/** The entry of a capacity that was lowered at once, with the last of its units. */
async function finish(client: pg.PoolClient, sku: SkuSupply, capacity: number, entry: SupplyEntry): Promise<void> {
  await writeSku(client, sku.id, { capacityTarget: null });
  await appendToAudit(client, [
    { ...entry, subject: sku.id, ...differenceTo(sku, { capacity, capacityTarget: null }) },
  ]);
}

function differenceTo(sku: SkuSupply, after: object): { before: object; after: object } {
  return { before: { capacity: capacityOf(sku), capacityTarget: sku.capacityTarget }, after };
}

function belowCommitted(capacity: number, stock: StockShort): Problem {
  const { held, checkout, sold, blocked } = stock;
  return new Problem(
    'capacity-below-committed',
    `The capacity cannot come down to ${capacity}: ${held + checkout} units are held, ${sold} are sold and ${blocked} are blocked.`,
    { held: held + checkout, sold, blocked },
  );
}

function unitsAreNamed(): Problem {
  return new Problem('sale-state-conflict', 'The units of this SKU have names: import more of them instead.', {
    reason: 'units-are-named',
  });
}
