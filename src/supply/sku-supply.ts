import type pg from 'pg';
import type { SaleStatus } from '../generated/prisma/enums.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import type { Supply } from '../inventory/supply.js';
import { Problem } from '../problems.js';

/** A SKU with all that Postgres has of its stock, of one moment. Lists of unit numbers are in ascending order. */
export interface SkuSupply {
  readonly id: string;
  readonly saleId: string;
  readonly saleStatus: SaleStatus;
  readonly ordinal: number;
  readonly name: string;
  readonly unitPrice: number;
  readonly unitsPerCustomerMax: number | null;
  readonly numbered: number;
  readonly version: number;
  readonly capacityTarget: number | null;
  readonly removed: boolean;
  /** Units have labels of a seat map. */
  readonly labelled: boolean;
  /** Gone for good. */
  readonly withdrawn: readonly number[];
  /** Blocked by name. */
  readonly blocked: readonly number[];
  /** Blocked until a scheduled release. */
  readonly withheld: readonly number[];
}

const numbersWhere = (condition: string): string =>
  `ARRAY(SELECT w.unit_no FROM withdrawn_units w WHERE w.sku_id = k.id AND ${condition} ORDER BY w.unit_no)`;

// One statement is one snapshot: version, numbers and withdrawals belong together.
const SELECT = `
  SELECT k.id, k.sale_id AS "saleId", s.status AS "saleStatus", k.ordinal, k.name, k.unit_price AS "unitPrice",
    k.units_per_customer_max AS "unitsPerCustomerMax", k.numbered, k.stock_version AS version,
    k.capacity_target AS "capacityTarget", k.removed_at IS NOT NULL AS removed,
    EXISTS (SELECT 1 FROM units u WHERE u.sku_id = k.id) AS labelled,
    ${numbersWhere("w.reason = 'capacity'")} AS withdrawn,
    ${numbersWhere("w.reason = 'block' AND NOT w.withheld")} AS blocked,
    ${numbersWhere('w.withheld')} AS withheld
  FROM skus k JOIN sales s ON s.id = k.sale_id`;

/** Throws sku-not-found, also of one that was removed. */
export async function readSkuSupply(db: Pick<pg.PoolClient, 'query'>, skuId: string): Promise<SkuSupply> {
  const { rows } = await db.query<SkuSupply>(`${SELECT} WHERE k.id = $1`, [skuId]);
  const [sku] = rows;
  if (!sku || sku.removed) throw new Problem('sku-not-found', `There is no SKU ${skuId}.`);
  return sku;
}

/** The SKUs of a sale, in its order. */
export async function readSaleSupply(db: Pick<pg.PoolClient, 'query'>, saleId: string): Promise<SkuSupply[]> {
  const of = 'WHERE k.sale_id = $1 AND k.removed_at IS NULL ORDER BY k.ordinal';
  const { rows } = await db.query<SkuSupply>(`${SELECT} ${of}`, [saleId]);
  return rows;
}

/** Units that there are: sold and blocked ones too. */
export function capacityOf({ numbered, withdrawn }: SkuSupply): number {
  return numbered - withdrawn.length;
}

export function saleOf({ saleId }: Pick<SkuSupply, 'saleId'>): SaleRef {
  return { id: saleId, key: saleId.slice('sale_'.length) };
}

/** A draft is in Postgres alone: Redis learns of it when it is published. */
export function isLive({ saleStatus }: SkuSupply): boolean {
  return saleStatus !== 'draft';
}

const IN_SALE = '1'.charCodeAt(0);

/** The SKU as the ledger takes it. */
export function supplyOf(sku: SkuSupply): Supply {
  const units = Buffer.alloc(sku.numbered, IN_SALE);
  for (const unit of sku.withdrawn) units.write('-', unit - 1);
  for (const unit of [...sku.blocked, ...sku.withheld]) units.write('b', unit - 1);
  const { ordinal, version, unitsPerCustomerMax, capacityTarget } = sku;
  return { ordinal, version, unitsPerCustomerMax, capacityTarget, units: units.toString('latin1') };
}

/** The highest `count` numbers that are neither withdrawn nor blocked, for a draft, where nothing else can have them. */
export function highestFree(sku: SkuSupply, count: number): number[] {
  const taken = new Set([...sku.withdrawn, ...sku.blocked, ...sku.withheld]);
  const free: number[] = [];
  for (let unit = sku.numbered; unit > 0 && free.length < count; unit--) if (!taken.has(unit)) free.push(unit);
  return free;
}
