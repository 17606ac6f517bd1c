import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../src/platform/read-config.js';
import { ReservationIds } from '../../src/reservations/reservation-ids.js';
import { type BenchStores, onPostgres, onRedis } from './bench-stores.js';
import type { BenchSale, Holdfast } from './holdfast.js';
import { after } from './program.js';

const ROWS_PER_INSERT = 20_000;
/** A million takes two to three minutes. */
const REBUILD_MS_MAX = 600_000;

export interface SeedAsked {
  readonly count: number;
  readonly status: 'held' | 'checkout';
  /** Of a held one. */
  readonly expiresInSeconds?: number;
  /** Units from 1 on, of this SKU. */
  readonly ordinal?: number;
}

const INSERT = `INSERT INTO reservations (id, sale_id, customer_id, status, epoch, version, hold_sequence, mode, fingerprint,
    lines, total, queued_at, held_at, expires_at, checkout_at, checkout_expires_at)
  SELECT t.id, $2, 'c_seed_' || t.n, $3::"ReservationStatus", s.epoch, 2, $4::int + t.n, 'all', '',
    jsonb_build_array(jsonb_build_object('ordinal', $6::int, 'unitPrice', 4500, 'requested', 1, 'named', false,
      'units', jsonb_build_array($4::int + t.n))),
    4500, now(), now(), now() + $5 * interval '1 second',
    CASE WHEN $3 = 'checkout' THEN now() END, CASE WHEN $3 = 'checkout' THEN now() + $5 * interval '1 second' END
  FROM unnest($1::text[]) WITH ORDINALITY AS t (id, n), sales s WHERE s.id = $2`;

/**
 * Puts holds into a sale by way of the journal: rows are written, and a rebuild makes Redis of them, as after a loss of
 * Redis. Returns their ids, which are authentic.
 */
export async function seedHolds(
  stores: BenchStores,
  holdfast: Holdfast,
  sale: BenchSale,
  { count, status, expiresInSeconds = 80_000, ordinal = 1 }: SeedAsked,
): Promise<string[]> {
  const ids = new ReservationIds(readConfig({ ...holdfast.env }));
  const made = Array.from(
    { length: count },
    (_, n) => `rsv_${sale.key}${ids.tailFor(sale.key, `c_seed_${(n % ROWS_PER_INSERT) + 1}`, `${ordinal} ${n}`)}`,
  );
  const client = new pg.Client({ connectionString: holdfast.databaseUrl });
  await client.connect();
  try {
    for (let from = 0; from < count; from += ROWS_PER_INSERT) {
      const rows = made.slice(from, from + ROWS_PER_INSERT);
      await client.query(INSERT, [rows, sale.id, status, from, expiresInSeconds, ordinal]);
    }
  } finally {
    await client.end();
  }
  await rebuild(stores, holdfast, sale, status, count, expiresInSeconds);
  return made;
}

/** The state in Redis goes, and comes back from Postgres. */
async function rebuild(
  stores: BenchStores,
  holdfast: Holdfast,
  sale: BenchSale,
  status: 'held' | 'checkout',
  count: number,
  expiresInSeconds: number,
): Promise<void> {
  await onRedis(stores.redisUrl, (redis) => redis.del(`${holdfast.keyPrefix}:{${sale.key}}:meta`));
  const giveUpAt = performance.now() + Math.min(REBUILD_MS_MAX, expiresInSeconds * 1_000);
  while (performance.now() < giveUpAt) {
    const counts = await countsOf(holdfast, sale).catch(() => null);
    // While the rebuild is under way Postgres answers, which has had the rows all the time.
    if (counts && !counts.stale && counts[status] >= count) return;
    await after(100);
  }
  throw new NotRebuilt(`${sale.id} was not rebuilt in time`);
}

/** Holds that were to be counted were not all there before they were due, or for two minutes. */
export class NotRebuilt extends Error {}

export interface Counts {
  readonly available: number;
  readonly held: number;
  readonly checkout: number;
  readonly sold: number;
  /** One of the stores could not be asked. */
  readonly stale: boolean;
}

/** Exact counts of a whole sale. */
export async function countsOf(holdfast: Holdfast, sale: BenchSale): Promise<Counts> {
  const answer = await fetch(`http://127.0.0.1:${holdfast.port}/v1/sales/${sale.id}/availability`, {
    headers: { authorization: holdfast.key },
  });
  if (!answer.ok) throw new Error(`availability: ${answer.status}`);
  const { skus, stale } = (await answer.json()) as { skus: Omit<Counts, 'stale'>[]; stale: boolean };
  const sum = (of: Exclude<keyof Counts, 'stale'>): number => skus.reduce((total, sku) => total + sku[of], 0);
  return { available: sum('available'), held: sum('held'), checkout: sum('checkout'), sold: sum('sold'), stale };
}

/** A file of values for the load generator. */
export function writeValues(stores: BenchStores, name: string, values: readonly string[]): string {
  const path = join(stores.folder, `${name}.txt`);
  writeFileSync(path, values.join('\n'));
  return path;
}

/** What runs that were killed left in a server of ours. */
export async function dropLeftovers(stores: BenchStores): Promise<void> {
  // In somebody else's server another bench may be at work.
  if (stores.postgresPid === null) return;
  const rows = await onPostgres<{ datname: string }>(stores.postgresUrl, [
    `SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'`,
  ]);
  for (const { datname } of rows)
    await onPostgres(stores.postgresUrl, [`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`]);
}
