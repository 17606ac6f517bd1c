import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { type Blocked, blockUnits } from '../inventory/block.js';
import { EpochOver } from '../inventory/in-epoch.js';
import { Ledger } from '../inventory/ledger.js';
import { Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { type CatalogSku, SaleCatalog } from '../sales/sale-catalog.js';
import { changeSkuRow, refuseClosed, refusePublished, type SupplyEntry, writeSku } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import { ReconcileSupply } from './reconcile-supply.js';
import { recordWithdrawn } from './record-withdrawn.js';
import { isLive, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { SupplyLock } from './supply-lock.js';

const ATTEMPTS_MAX = 10;

/** Takes named units out of sale and puts them back, while others are sold. All of a list or none. */
@Injectable()
export class BlockUnits {
  constructor(
    private readonly postgres: Postgres,
    private readonly ledger: Ledger,
    private readonly lock: SupplyLock,
    private readonly stores: ReconcileSupply,
    private readonly published: PublishSupply,
    private readonly catalog: SaleCatalog,
  ) {}

  /**
   * Units that are blocked already stay so. Throws sku-not-found, unit-unknown, sale-state-conflict, and
   * units-unavailable, which names the units that are held, sold, withheld or withdrawn.
   */
  async block(skuId: string, labels: readonly string[], entry: SupplyEntry): Promise<void> {
    const named = await this.resolve(skuId, labels);
    await this.lock.run(saleOf(named.sku), async () => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        if (await this.attempt(named, entry)) return;
      }
      throw postgresUnavailable();
    });
  }

  /** Units that are not blocked stay as they are. Throws as `block` does; nothing that is withheld or withdrawn is put back. */
  async unblock(skuId: string, labels: readonly string[], entry: SupplyEntry): Promise<void> {
    const { sku, units, labelOf } = await this.resolve(skuId, labels);
    await this.lock.run(saleOf(sku), async () => {
      // A block that was cut off before Postgres is recorded first, so that it can be taken back.
      if (isLive(sku)) await this.stores.settle(skuId);
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        refuseGone(now, units, labelOf);
        const blocked = new Set(now.blocked);
        const back = units.filter((unit) => blocked.has(unit));
        if (back.length === 0) return null;
        await client.query('DELETE FROM withdrawn_units WHERE sku_id = $1 AND unit_no = ANY($2)', [skuId, back]);
        await writeSku(client, skuId, {});
        return {
          before: { blocked: blocked.size },
          after: { blocked: blocked.size - back.length, units: back.map(labelOf) },
        };
      });
      await this.published.publish(sku);
    });
  }

  private async attempt({ sku: { id }, units, labelOf }: NamedUnits, entry: SupplyEntry): Promise<boolean> {
    const sku = await this.stores.settle(id);
    refuseClosed(sku);
    refuseGone(sku, units, labelOf);
    const blocked = new Set(sku.blocked);
    const fresh = units.filter((unit) => !blocked.has(unit));
    if (fresh.length === 0) return true;
    const told = {
      before: { blocked: blocked.size },
      after: { blocked: blocked.size + fresh.length, units: fresh.map(labelOf) },
    };
    if (!isLive(sku)) {
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        refusePublished(now);
        await recordWithdrawn(
          client,
          id,
          fresh.map((unit) => ({ unit, as: 'block' })),
        );
        return told;
      });
      return true;
    }
    const { ordinal, version } = sku;
    await crashPoint('stock.withdraw');
    const outcome = await blockUnits(this.ledger, saleOf(sku), { ordinal, version, units: fresh });
    if (outcome.word === 'moved') return false;
    if (outcome.word === 'taken') throw unavailable(sku, units.length, outcome, labelOf);
    try {
      await this.stores.recordNoted(sku, outcome.epoch, (client) =>
        appendToAudit(client, [{ ...entry, subject: id, ...told }]),
      );
    } catch (error) {
      if (error instanceof EpochOver) return false;
      throw error;
    }
    await this.published.publish(sku);
    return true;
  }

  private async resolve(skuId: string, labels: readonly string[]): Promise<NamedUnits> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    refuseClosed(sku);
    const known = (await this.catalog.reread(sku.saleId))?.skuById.get(skuId);
    if (!known) throw new Problem('sku-not-found', `There is no SKU ${skuId}.`);
    return { sku, units: numbersOf(known, labels), labelOf: known.labelOf };
  }
}

interface NamedUnits {
  readonly sku: SkuSupply;
  readonly units: number[];
  readonly labelOf: (unit: number) => string;
}

function numbersOf(sku: CatalogSku, labels: readonly string[]): number[] {
  const errors: { pointer: string; detail: string }[] = [];
  const numbers = labels.map((label, i) => {
    const number = sku.numberOf(label);
    if (number === undefined) errors.push({ pointer: `/units/${i}`, detail: 'is not a unit of this SKU' });
    return number ?? 0;
  });
  if (errors.length > 0) throw new Problem('unit-unknown', 'The SKU has no such unit.', { errors });
  return numbers;
}

/** Withdrawn for good, or withheld by the release schedule. */
function refuseGone(sku: SkuSupply, units: readonly number[], labelOf: (unit: number) => string): void {
  const gone = new Set([...sku.withdrawn, ...sku.withheld]);
  const taken = units.filter((unit) => gone.has(unit));
  if (taken.length > 0)
    throw unavailable(sku, units.length, { available: 0, held: 0, nextExpiryAt: null, units: taken }, labelOf);
}

function unavailable(
  { id: skuId }: SkuSupply,
  requested: number,
  { available, held, nextExpiryAt, units }: Omit<Extract<Blocked, { word: 'taken' }>, 'word'>,
  labelOf: (unit: number) => string,
): Problem {
  const line = { skuId, requested, available, heldByOthers: held, nextExpiryAt, unavailableUnits: units.map(labelOf) };
  return new Problem('units-unavailable', 'Some of the units are held, sold or withdrawn; none was changed.', {
    lines: [line],
  });
}
