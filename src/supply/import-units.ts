import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { insertUnits } from '../sales/sku-table.js';
import { changeSkuRow, type SupplyEntry, writeSku } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import { faultyUnits, type ListedUnit } from './read-unit-list.js';
import { capacityOf, readSkuSupply, saleOf, type SkuSupply } from './sku-supply.js';
import { LABELLED_UNITS_MAX } from './supply-limits.js';
import { SupplyLock } from './supply-lock.js';

/** Gives a SKU units that have names, as a list in one go. */
@Injectable()
export class ImportUnits {
  constructor(
    private readonly postgres: Postgres,
    private readonly lock: SupplyLock,
    private readonly published: PublishSupply,
  ) {}

  /**
   * All of the list or none: Postgres first, in one transaction, then Redis. Throws sku-not-found, invalid-request, which names
   * the rows whose labels the SKU has already, and sale-state-conflict where its units are numbers. An earlier target
   * of the capacity is given up.
   */
  async import(skuId: string, units: readonly ListedUnit[], entry: SupplyEntry): Promise<void> {
    const sku = await readSkuSupply(this.postgres.pool, skuId);
    await this.lock.run(saleOf(sku), async () => {
      await changeSkuRow(this.postgres, sku, entry, async (client, now) => {
        refuseKind(now, units.length);
        const { rows } = await client.query<{ label: string }>(
          'SELECT label FROM units WHERE sku_id = $1 AND label = ANY($2)',
          [skuId, units.map(({ label }) => label)],
        );
        const there = new Set(rows.map(({ label }) => label));
        const again = units.filter(({ label }) => there.has(label));
        if (again.length > 0)
          throw faultyUnits(
            again.map(({ at, label }) => ({
              pointer: at('label'),
              detail: `${quoted(label)} is a unit of this SKU already`,
            })),
          );
        await insertUnits(client, skuId, now.numbered, units);
        await writeSku(client, skuId, { numbered: now.numbered + units.length, capacityTarget: null });
        const capacity = capacityOf(now);
        return { before: { capacity }, after: { capacity: capacity + units.length, imported: units.length } };
      });
      await this.published.publish(sku);
    });
  }
}

function refuseKind({ labelled, numbered }: SkuSupply, more: number): void {
  if (!labelled && numbered > 0)
    throw new Problem('sale-state-conflict', 'The units of this SKU are numbers: raise its capacity instead.', {
      reason: 'units-are-numbered',
    });
  if (numbered + more > LABELLED_UNITS_MAX)
    throw new Problem('sale-state-conflict', `A SKU has at most ${LABELLED_UNITS_MAX} named units.`, {
      reason: 'units-max',
    });
}

const quoted = (label: string): string => JSON.stringify(label);
