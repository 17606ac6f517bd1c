import type { Redis } from 'ioredis';
import type pg from 'pg';
import { type HoldRecord, unpackHold } from '../../src/inventory/records.js';
import { saleKey, type SALE_KEYS } from '../../src/inventory/sale-keys.js';
import { eventually } from './eventually.js';
import type { TestSale } from './test-sale.js';

export interface Stores {
  postgres: pg.Client;
  redis: Redis;
  keyPrefix: string;
}

export interface SkuRow {
  id: string;
  ordinal: number;
  numbered: number;
  /** Numbers that were taken out of sale for good, and those that are kept back. */
  withdrawn: number[];
  blocked: number[];
}

export interface ReservationRow {
  id: string;
  customer_id: string;
  status: 'held' | 'checkout' | 'confirmed' | 'released' | 'expired';
  version: number;
  overdue: boolean;
  lines: { ordinal: number; units: number[] }[];
  /** Held again for a payment that came late: confirmed for another reservation's order. */
  again: boolean;
}

export interface OrderRow {
  id: string;
  reservation_id: string;
  /** Cancelled with restock: its units are free again. */
  restocked: boolean;
  /** 'ordinal#unit' of each unit of its lines. */
  places: string[] | null;
}

/** Both stores' books of one sale, of a moment at which nothing is under way. */
export interface Books {
  skus: SkuRow[];
  /** By 'SKU id:label': 'ordinal#unit'. */
  places: Map<string, string>;
  reservations: ReservationRow[];
  orders: OrderRow[];
  sold: { place: string; reservation_id: string }[];
  redis: {
    holds: Map<string, HoldRecord>;
    stock: Record<string, string>;
    units: Record<string, string>;
    customerUnits: Record<string, string>;
    due: string[];
  };
}

/** Waits until every fact is delivered, every request decided and every end journalled, then reads both stores. */
export async function readBooks(stores: Stores, sale: TestSale): Promise<Books> {
  const epoch = await eventually('the ledger is at rest', () => epochAtRest(stores, sale), 60_000);
  const { postgres, redis } = stores;
  const key = keysOf(stores, sale, epoch);
  const rows = async <R extends pg.QueryResultRow>(text: string): Promise<R[]> =>
    (await postgres.query<R>(text, [sale.id])).rows;
  const skus = await rows<SkuRow>(
    `SELECT k.id, k.ordinal, k.numbered,
       coalesce(array_agg(w.unit_no) FILTER (WHERE w.reason = 'capacity'), '{}') AS withdrawn,
       coalesce(array_agg(w.unit_no) FILTER (WHERE w.reason <> 'capacity'), '{}') AS blocked
     FROM skus k LEFT JOIN withdrawn_units w ON w.sku_id = k.id WHERE k.sale_id = $1 GROUP BY k.id ORDER BY k.ordinal`,
  );
  const labels = await rows<{ sku_id: string; unit_no: number; label: string }>(
    'SELECT u.sku_id, u.unit_no, u.label FROM units u JOIN skus k ON k.id = u.sku_id WHERE k.sale_id = $1',
  );
  const holds = Object.entries(await redis.hgetall(key('holds')));
  return {
    skus,
    places: placesOf(skus, labels),
    reservations: await rows(
      `SELECT id, customer_id, status, version, lines, mode = 'rehold' AS again, status = 'held' AND expires_at <= ledger_now() AS overdue
       FROM reservations WHERE sale_id = $1`,
    ),
    orders: await rows(
      `SELECT o.id, o.reservation_id, coalesce(o.restocked, false) AS restocked,
         (SELECT array_agg(k.ordinal || '#' || unit) FROM order_lines l JOIN skus k ON k.id = l.sku_id, unnest(l.units) AS unit
          WHERE l.order_id = o.id) AS places
       FROM orders o WHERE o.sale_id = $1`,
    ),
    sold: await rows(
      `SELECT k.ordinal || '#' || u.unit_no AS place, u.reservation_id FROM sold_units u JOIN skus k ON k.id = u.sku_id
       WHERE k.sale_id = $1`,
    ),
    redis: {
      holds: new Map(holds.map(([tail, text]) => [`rsv_${sale.key}${tail}`, unpackHold(text)])),
      stock: await redis.hgetall(key('stock')),
      units: await redis.hgetall(key('units')),
      customerUnits: await redis.hgetall(key('customer-units')),
      due: await redis.zrange(key('due'), '0', '-1'),
    },
  };
}

async function epochAtRest(stores: Stores, sale: TestSale): Promise<number | false> {
  const { postgres, redis } = stores;
  const pending = await postgres.query('SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 1');
  if (pending.rowCount !== 0) throw new Error('a fact is not delivered');
  const { rows } = await postgres.query<{ epoch: number; redis_run_id: string }>(
    'SELECT epoch, redis_run_id FROM sales WHERE id = $1',
    [sale.id],
  );
  const epoch = rows[0]?.epoch ?? 0;
  const key = keysOf(stores, sale, epoch);
  const open = await redis.hget(key('meta'), 'epoch');
  if (open !== String(epoch)) throw new Error(`Redis works on epoch ${open}, Postgres on ${epoch}`);
  if (!(await redis.info('server')).includes(rows[0]?.redis_run_id ?? 'none')) throw new Error('another run of Redis');
  const [queued, ended] = [await redis.zcard(key('queued')), await redis.hlen(key('ended'))];
  if (queued + ended > 0) throw new Error(`${queued} queued, ${ended} not journalled`);
  return epoch;
}

function keysOf({ keyPrefix }: Stores, sale: TestSale, epoch: number): (name: (typeof SALE_KEYS)[number]) => string {
  return (name) => saleKey(keyPrefix, sale.key, epoch, name);
}

function placesOf(skus: SkuRow[], labels: { sku_id: string; unit_no: number; label: string }[]): Map<string, string> {
  const places = new Map<string, string>();
  const ordinals = new Map(skus.map(({ id, ordinal }) => [id, ordinal]));
  for (const { id, ordinal, numbered } of skus)
    for (let unit = 1; unit <= numbered; unit++) places.set(`${id}:${unit}`, `${ordinal}#${unit}`);
  for (const { sku_id: id, unit_no: unit, label } of labels)
    places.set(`${id}:${label}`, `${ordinals.get(id)}#${unit}`);
  return places;
}
