import type pg from 'pg';
import type { ApiKeyScope } from '../generated/prisma/enums.js';
import type { Postgres } from '../platform/postgres.js';

/** An API key as it is stored: by its hash, never itself. */
export interface ApiKeyRow {
  id: string;
  name: string;
  keyHash: string;
  scope: ApiKeyScope;
  createdAt: Date;
  /** To the minute; null for never. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export type NewApiKey = Pick<ApiKeyRow, 'id' | 'name' | 'keyHash' | 'scope'>;

const COLUMNS = `id, name, key_hash AS "keyHash", scope::text AS scope, created_at AS "createdAt",
  last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

/** This is the only file that reads and writes `api_keys`. Returns null when the hash is known already. */
export async function insertApiKey(client: pg.PoolClient, key: NewApiKey): Promise<ApiKeyRow | null> {
  const { rows } = await client.query<ApiKeyRow>(
    `INSERT INTO api_keys (id, name, key_hash, scope) VALUES ($1, $2, $3, $4::"ApiKeyScope")
     ON CONFLICT (key_hash) DO NOTHING RETURNING ${COLUMNS}`,
    [key.id, key.name, key.keyHash, key.scope],
  );
  return rows[0] ?? null;
}

/** The rows of these ids, locked in the order of their ids, so that two who lock the same ones wait and never cross. */
export async function lockApiKeys(client: pg.PoolClient, ids: readonly string[]): Promise<ApiKeyRow[]> {
  const { rows } = await client.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM api_keys WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
    [ids],
  );
  return rows;
}

export async function markRevoked(client: pg.PoolClient, id: string): Promise<void> {
  await client.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [id]);
}

export async function findApiKeyByHash(postgres: Postgres, keyHash: string): Promise<ApiKeyRow | null> {
  const [row] = await postgres.query<ApiKeyRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM api_keys WHERE key_hash = $1`,
    [keyHash],
  );
  return row ?? null;
}

export async function findApiKey(postgres: Postgres, id: string): Promise<ApiKeyRow | null> {
  const [row] = await postgres.query<ApiKeyRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM api_keys WHERE id = $1`,
    [id],
  );
  return row ?? null;
}

/** Which of these keys are revoked. */
export async function revokedAmong(postgres: Postgres, ids: readonly string[]): Promise<string[]> {
  const rows = await postgres.query<{ id: string }>(
    'SELECT id FROM api_keys WHERE id = ANY($1::text[]) AND revoked_at IS NOT NULL',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Keys that were made before `after`, the newest first, revoked ones too. */
export function listApiKeys(
  postgres: Postgres,
  limit: number,
  after: { at: Date; id: string } | null,
): Promise<ApiKeyRow[]> {
  return postgres.query<ApiKeyRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM api_keys
     WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1::timestamptz, $2::text)
     ORDER BY created_at DESC, id DESC LIMIT $3`,
    [after?.at ?? null, after?.id ?? null, limit],
  );
}

/** Notes that a key works for somebody; at most one write a minute, however many processes meet the key. */
export async function noteApiKeyUse(postgres: Postgres, id: string): Promise<void> {
  await postgres.query(
    `UPDATE api_keys SET last_used_at = now()
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    [id],
  );
}
