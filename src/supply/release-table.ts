import type pg from 'pg';

/** A step of a release schedule, as Postgres has it. */
export interface Release {
  readonly at: Date;
  readonly quantity: number;
  readonly releasedAt: Date | null;
}

type Db = Pick<pg.PoolClient, 'query'>;

/** All that were and all that are to come, by their time. */
export async function readReleases(db: Db, skuId: string): Promise<Release[]> {
  const { rows } = await db.query<Release>(
    'SELECT at, quantity, released_at AS "releasedAt" FROM unit_releases WHERE sku_id = $1 ORDER BY at, id',
    [skuId],
  );
  return rows;
}

/** Puts these in the place of those that are still to come. */
export async function replaceReleases(
  db: Db,
  skuId: string,
  releases: readonly Omit<Release, 'releasedAt'>[],
): Promise<void> {
  await db.query('DELETE FROM unit_releases WHERE sku_id = $1 AND released_at IS NULL', [skuId]);
  await db.query(
    'INSERT INTO unit_releases (sku_id, at, quantity) SELECT $1, * FROM unnest($2::timestamptz[], $3::int[])',
    [skuId, releases.map(({ at }) => at), releases.map(({ quantity }) => quantity)],
  );
}

/** Notes those whose time has come as released, and returns how many units the others still keep. */
export async function passReleases(db: Db, skuId: string): Promise<number> {
  await db.query(
    'UPDATE unit_releases SET released_at = ledger_now() WHERE sku_id = $1 AND released_at IS NULL AND at <= ledger_now()',
    [skuId],
  );
  const { rows } = await db.query<{ kept: number }>(
    'SELECT coalesce(sum(quantity), 0)::int AS kept FROM unit_releases WHERE sku_id = $1 AND released_at IS NULL',
    [skuId],
  );
  return rows[0]?.kept ?? 0;
}

/** SKUs whose time has come, or that withhold more than their schedule still has to release. */
export async function dueSkus(db: Db): Promise<{ id: string; saleId: string }[]> {
  const { rows } = await db.query<{ id: string; saleId: string }>(
    `WITH withheld AS (SELECT sku_id, count(*) AS units FROM withdrawn_units WHERE withheld GROUP BY sku_id),
       coming AS (SELECT sku_id, sum(quantity) FILTER (WHERE at > ledger_now()) AS units, bool_or(at <= ledger_now()) AS due
                  FROM unit_releases WHERE released_at IS NULL GROUP BY sku_id)
     SELECT k.id, k.sale_id AS "saleId" FROM skus k JOIN sales s ON s.id = k.sale_id
       LEFT JOIN withheld w ON w.sku_id = k.id LEFT JOIN coming c ON c.sku_id = k.id
     WHERE k.removed_at IS NULL AND s.status <> 'closed' AND (c.due OR w.units > coalesce(c.units, 0)) ORDER BY k.id`,
  );
  return rows;
}
