import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { SKUS_PER_SALE_MAX } from '../sales/sale-limits.js';
import { lockSale } from '../sales/sale-table.js';
import { insertSkus, type NewSku } from '../sales/sku-table.js';
import { raiseRevision, refuseClosed } from './change-sku-row.js';
import { PublishSupply } from './publish-supply.js';
import type { AddSkuBody } from './sku.body.js';
import { SupplyLock } from './supply-lock.js';

/** Adds SKUs to sales that exist, whether or not they are on. */
@Injectable()
export class AddSku {
  constructor(
    private readonly postgres: Postgres,
    private readonly lock: SupplyLock,
    private readonly published: PublishSupply,
  ) {}

  /** Postgres first, then Redis: from the answer on it can be reserved. Returns its id. Throws sale-not-found and sale-state-conflict. */
  async add(saleId: string, body: AddSkuBody, actor: string): Promise<string> {
    const id = randomId('sku', 12);
    await this.lock.run({ id: saleId, key: saleId.slice('sale_'.length) }, async (locked) => {
      await crashPoint('stock.add');
      // On the lock's own connection: unlike other commands this one cannot see that another has done it meanwhile.
      await this.postgres.transactionOn(locked, async (client) => {
        const sale = await lockSale(client, saleId);
        if (!sale) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
        refuseClosed({ saleStatus: sale.status });
        const sku = { ...newSku(body), id, ordinal: await nextOrdinal(client, saleId) };
        await insertSkus(client, saleId, [sku]);
        await raiseRevision(client, saleId);
        const { units, ...after } = sku;
        const told = { before: null, after: { saleId, ...after, labelled: units.length > 0 } };
        await appendToAudit(client, [
          { actor, action: 'sku.create', subject: id, reason: body.reason ?? null, ...told },
        ]);
      });
      await this.published.publish({ id, saleId });
    });
    return id;
  }
}

function newSku({
  name,
  unitPrice,
  unitsPerCustomerMax = null,
  capacity,
  units = [],
}: AddSkuBody): Omit<NewSku, 'id' | 'ordinal'> {
  return { name, unitPrice, unitsPerCustomerMax, numbered: capacity ?? units.length, units };
}

/** An ordinal is the SKU's name in Redis and in the journal: one that was removed keeps its own. */
async function nextOrdinal(client: pg.PoolClient, saleId: string): Promise<number> {
  const { rows } = await client.query<{ last: number; there: number }>(
    `SELECT coalesce(max(ordinal), 0) AS last, count(*) FILTER (WHERE removed_at IS NULL)::int AS there FROM skus WHERE sale_id = $1`,
    [saleId],
  );
  const { last = 0, there = 0 } = rows[0] ?? {};
  if (there >= SKUS_PER_SALE_MAX)
    throw new Problem('sale-state-conflict', `A sale has at most ${SKUS_PER_SALE_MAX} SKUs.`, { reason: 'skus-max' });
  return last + 1;
}
