import type pg from 'pg';
import type { Postgres } from '../platform/postgres.js';

/** A session as it is stored: what the cookie holds is known by its hash alone. */
export interface SessionRow {
  id: string;
  keyId: string;
  /** That of the key. */
  name: string;
  openedAt: Date;
  expiresAt: Date;
}

export type NewSession = Pick<SessionRow, 'id' | 'keyId'> & { tokenHash: string; hours: number };

/** This is the only file that reads and writes `admin_sessions`. Sessions that are over go as new ones come. */
export async function insertSession(
  client: pg.PoolClient,
  { id, keyId, tokenHash, hours }: NewSession,
): Promise<Pick<SessionRow, 'openedAt' | 'expiresAt'>> {
  await client.query('DELETE FROM admin_sessions WHERE expires_at < now()');
  const { rows } = await client.query<Pick<SessionRow, 'openedAt' | 'expiresAt'>>(
    `INSERT INTO admin_sessions (id, token_hash, key_id, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(hours => $4))
     RETURNING opened_at AS "openedAt", expires_at AS "expiresAt"`,
    [id, tokenHash, keyId, hours],
  );
  const [row] = rows;
  if (!row) throw new Error('INSERT … RETURNING returned no row');
  return row;
}

/** The session while it lasts: not over, not ended, and its key not revoked. */
export async function findSession(postgres: Postgres, tokenHash: string): Promise<SessionRow | null> {
  const [row] = await postgres.query<SessionRow & Record<string, unknown>>(
    `SELECT s.id, s.key_id AS "keyId", k.name, s.opened_at AS "openedAt", s.expires_at AS "expiresAt"
     FROM admin_sessions s JOIN api_keys k ON k.id = s.key_id
     WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.expires_at > now() AND k.revoked_at IS NULL`,
    [tokenHash],
  );
  return row ?? null;
}

/** Which of these sessions are over: ended, expired, or gone. */
export async function overAmong(postgres: Postgres, ids: readonly string[]): Promise<string[]> {
  const rows = await postgres.query<{ id: string }>(
    `SELECT w.id FROM unnest($1::text[]) AS w (id) WHERE NOT EXISTS
       (SELECT 1 FROM admin_sessions s WHERE s.id = w.id AND s.ended_at IS NULL AND s.expires_at > now())`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Returns whether the session was not ended before. */
export async function endSession(client: pg.PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'UPDATE admin_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL',
    [id],
  );
  return rowCount === 1;
}
