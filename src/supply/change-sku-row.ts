import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import type { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { lockSale } from '../sales/sale-table.js';
import { isLive, readSkuSupply, type SkuSupply } from './sku-supply.js';

/** Who changes a SKU, and why. */
export interface SupplyEntry {
  readonly actor: string;
  readonly action: string;
  readonly reason: string;
}

/** What was and what is, for the audit log. */
export interface Difference {
  readonly before: object;
  readonly after: object;
}

/** What a decision may set; every change raises the stock's version besides. */
type SkuFields = Partial<
  Pick<SkuSupply, 'name' | 'unitPrice' | 'unitsPerCustomerMax' | 'numbered' | 'capacityTarget'>
> & { removed?: true };

const COLUMN_OF = {
  name: 'name',
  unitPrice: 'unit_price',
  unitsPerCustomerMax: 'units_per_customer_max',
  numbered: 'numbered',
  capacityTarget: 'capacity_target',
} as const;

/**
 * Changes a SKU in one transaction with its audit entry: `decide` sees it locked, and the sale with it, and says what was
 * and what is; null: it is so already, and nothing is written. Catalogs read the sale anew.
 */
export async function changeSkuRow(
  postgres: Postgres,
  sku: Pick<SkuSupply, 'id' | 'saleId'>,
  entry: SupplyEntry,
  decide: (client: pg.PoolClient, sku: SkuSupply) => Promise<Difference | null>,
): Promise<void> {
  await crashPoint('stock.change');
  await postgres.transaction(async (client) => {
    await lockSale(client, sku.saleId);
    await client.query('SELECT 1 FROM skus WHERE id = $1 FOR NO KEY UPDATE', [sku.id]);
    const now = await readSkuSupply(client, sku.id);
    refuseClosed(now);
    const difference = await decide(client, now);
    if (!difference) return;
    await raiseRevision(client, sku.saleId);
    await appendToAudit(client, [{ ...entry, subject: sku.id, ...difference }]);
  });
}

/** Writes fields of a SKU and raises its stock's version. */
export async function writeSku(client: pg.PoolClient, skuId: string, fields: SkuFields): Promise<void> {
  const { removed, ...values } = fields;
  const names = Object.keys(values) as (keyof typeof COLUMN_OF)[];
  const sets = names.map((name, i) => `${COLUMN_OF[name]} = $${i + 2}`);
  if (removed) sets.push('removed_at = ledger_now()');
  await client.query(`UPDATE skus SET ${[...sets, 'stock_version = stock_version + 1'].join(', ')} WHERE id = $1`, [
    skuId,
    ...names.map((name) => values[name]),
  ]);
}

/** Every copy of the sale in memory is old from here on. */
export async function raiseRevision(client: pg.PoolClient, saleId: string): Promise<void> {
  await client.query('UPDATE sales SET revision = revision + 1, updated_at = now() WHERE id = $1', [saleId]);
}

/** For what takes units out of a draft, in Postgres alone: once it is published, that is for Redis to do first. */
export function refusePublished(now: SkuSupply): void {
  if (!isLive(now)) return;
  const detail = 'The sale was published meanwhile; repeat the request.';
  throw new Problem('store-unavailable', detail, { retryAfterSeconds: 1 });
}

export function refuseClosed({ saleStatus }: Pick<SkuSupply, 'saleStatus'>): void {
  if (saleStatus !== 'closed') return;
  throw new Problem('sale-state-conflict', 'The sale is closed: what it had to sell is history.', {
    reason: 'sale-is-closed',
  });
}
