import type { Postgres } from '../platform/postgres.js';

/** A line of the audit log. `actorName` is the name of the API key that acted, where it was one. */
export interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly actorName: string | null;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Which lines are wanted; those that are left out restrict nothing. `after` is the id of the last line before. */
export interface AuditWanted {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly saleId?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly after: number | null;
  readonly limit: number;
}

// What belongs to a sale: itself, its SKUs, its orders, and its reservations, whose ids carry its key.
const OF_SALE = `(a.subject = $5 OR starts_with(a.subject, 'rsv_' || substr($5, 6))
  OR a.subject IN (SELECT k.id FROM skus k WHERE k.sale_id = $5)
  OR (starts_with(a.subject, 'ord_') AND EXISTS (SELECT 1 FROM orders o WHERE o.id = a.subject AND o.sale_id = $5)))`;

/** A page of the audit log, the newest line first. Lines are never changed, so the pages of a cursor never shift. */
export async function listAudit(postgres: Postgres, wanted: AuditWanted): Promise<AuditRow[]> {
  const { after, actor, action, subject, saleId, since, until, limit } = wanted;
  return postgres.query<AuditRow>(
    `SELECT a.id, a.at, a.actor, k.name AS "actorName", a.action, a.subject, a.reason, a.before, a.after
     FROM audit a LEFT JOIN api_keys k ON k.id = split_part(a.actor, ':', 2)
     WHERE ($1::int8 IS NULL OR a.id < $1) AND ($2::text IS NULL OR a.actor = $2)
       AND ($3::text IS NULL OR a.action = $3 OR starts_with(a.action, $3 || '.')) AND ($4::text IS NULL OR a.subject = $4)
       AND ($5::text IS NULL OR ${OF_SALE})
       AND ($6::timestamptz IS NULL OR a.at >= $6) AND ($7::timestamptz IS NULL OR a.at < $7)
     ORDER BY a.id DESC LIMIT $8`,
    [
      ...[after, actor ?? null, action ?? null, subject ?? null],
      // As times, not as text: Postgres reads no text of the year 0.
      ...[saleId ?? null, since ? new Date(since) : null, until ? new Date(until) : null, limit],
    ],
  );
}

/** The id of the newest line; null where there is none yet. */
export async function newestAuditId(postgres: Postgres): Promise<number | null> {
  const [row] = await postgres.query<{ id: number | null }>('SELECT max(id) AS id FROM audit');
  return row?.id ?? null;
}
