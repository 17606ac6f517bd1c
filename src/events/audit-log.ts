import type pg from 'pg';

/**
 * Who did what to which thing, why, and what changed. `subject` is the id of the thing. None of it names a customer: the
 * log is never changed, and a customer may ask to be forgotten.
 */
export interface AuditEntry {
  actor: string;
  action: string;
  subject: string;
  reason: string | null;
  before: unknown;
  after: unknown;
}

const INSERT = `
  INSERT INTO audit (actor, action, subject, reason, before, after)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[])`;

/**
 * Writes audit entries in the transaction of the change itself, so that neither exists without the other.
 * This is the only file that writes the audit table; a trigger refuses updates and deletes, whoever connects.
 */
export async function appendToAudit(client: pg.PoolClient, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: 'audit-append',
    text: INSERT,
    values: [
      entries.map((entry) => entry.actor),
      entries.map((entry) => entry.action),
      entries.map((entry) => entry.subject),
      entries.map((entry) => entry.reason),
      entries.map((entry) => jsonOrNull(entry.before)),
      entries.map((entry) => jsonOrNull(entry.after)),
    ],
  });
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
