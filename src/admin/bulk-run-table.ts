import type pg from 'pg';
import type { Postgres } from '../platform/postgres.js';
import type { BulkAction, BulkFailure, BulkFilter, BulkRunView, BulkStatus } from './bulk.dto.js';
import type { FilterAsked } from './live-holds.js';

/** A hold of the chunk under way; `until` (ms) is where an extension of it ends. */
export interface PlannedHold {
  readonly id: string;
  readonly until?: number;
}

export interface BulkRunRow {
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: Pick<BulkFilter, keyof BulkFilter> & Pick<FilterAsked, 'within'>;
  readonly seconds: number | null;
  readonly reason: string;
  readonly actor: string;
  readonly status: BulkStatus;
  readonly matching: number;
  readonly askedAt: Date;
  readonly endedAt: Date | null;
  readonly cursor: string;
  readonly plan: PlannedHold[] | null;
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly failures: BulkFailure[];
}

export type NewBulkRun = Pick<BulkRunRow, 'id' | 'action' | 'filter' | 'seconds' | 'reason' | 'actor' | 'matching'>;

/** What came of a chunk. */
type ChunkOutcome = Pick<BulkRunRow, 'changed' | 'unchanged' | 'failed' | 'failures'>;

const COLUMNS = `id, action, filter, seconds, reason, actor, status, matching, asked_at AS "askedAt", ended_at AS "endedAt",
  cursor, plan, changed, unchanged, failed, failures`;
const FAILURES_MAX = 20;

export async function insertBulkRun(client: pg.PoolClient, run: NewBulkRun): Promise<BulkRunRow> {
  const { rows } = await client.query<BulkRunRow>(
    `INSERT INTO bulk_runs (id, action, filter, seconds, reason, actor, matching, asked_at)
     VALUES ($1, $2::"BulkAction", $3, $4, $5, $6, $7, ledger_now()) RETURNING ${COLUMNS}`,
    [run.id, run.action, run.filter, run.seconds, run.reason, run.actor, run.matching],
  );
  const [row] = rows;
  if (!row) throw new Error(`The bulk run ${run.id} was not written`);
  return row;
}

export async function findBulkRun(postgres: Postgres, id: string): Promise<BulkRunRow | null> {
  const [row] = await postgres.query<BulkRunRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM bulk_runs WHERE id = $1`,
    [id],
  );
  return row ?? null;
}

/** The newest first; after the run `beyond`. */
export function listBulkRuns(postgres: Postgres, limit: number, beyond: string | undefined): Promise<BulkRunRow[]> {
  return postgres.query<BulkRunRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM bulk_runs WHERE $1::text IS NULL
       OR (asked_at, id) < (SELECT b.asked_at, b.id FROM bulk_runs b WHERE b.id = $1)
     ORDER BY asked_at DESC, id DESC LIMIT $2`,
    [beyond ?? null, limit],
  );
}

export function runningBulkRuns(postgres: Postgres, limit: number): Promise<BulkRunRow[]> {
  return postgres.query<BulkRunRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM bulk_runs WHERE status = 'running' ORDER BY bulk_runs.asked_at LIMIT $1`,
    [limit],
  );
}

/** Writes what is to be done next, before it is; false where another process has gone on meanwhile. */
export async function planChunk(postgres: Postgres, run: BulkRunRow, plan: readonly PlannedHold[]): Promise<boolean> {
  const rows = await postgres.query(
    `UPDATE bulk_runs SET plan = $2::jsonb WHERE id = $1 AND status = 'running' AND cursor = $3 AND plan IS NULL RETURNING id`,
    [run.id, JSON.stringify(plan), run.cursor],
  );
  return rows.length === 1;
}

/**
 * Counts what came of the plan, and goes on behind it: once, although a process that lost its lock while it stood still
 * comes to the end of the same plan.
 */
export async function endChunk(
  postgres: Postgres,
  { id, failures, cursor: before }: BulkRunRow,
  cursor: string,
  outcome: ChunkOutcome,
): Promise<void> {
  const told = [...failures, ...outcome.failures].slice(0, FAILURES_MAX);
  await postgres.query(
    `UPDATE bulk_runs SET plan = NULL, cursor = $2, changed = changed + $3, unchanged = unchanged + $4, failed = failed + $5,
       failures = $6::jsonb WHERE id = $1 AND cursor = $7 AND plan IS NOT NULL`,
    [id, cursor, outcome.changed, outcome.unchanged, outcome.failed, JSON.stringify(told), before],
  );
}

/** Ends a run that is under way, and forgets which customer it was about; null when it had ended before. */
export async function endBulkRun(
  client: pg.PoolClient,
  id: string,
  status: Exclude<BulkStatus, 'running'>,
): Promise<BulkRunRow | null> {
  const { rows } = await client.query<BulkRunRow>(
    `UPDATE bulk_runs SET status = $2::"BulkStatus", ended_at = ledger_now(), filter = filter - 'customerId'
     WHERE id = $1 AND status = 'running' RETURNING ${COLUMNS}`,
    [id, status],
  );
  return rows[0] ?? null;
}

export function toBulkRunView({ askedAt, endedAt, ...run }: BulkRunRow): BulkRunView {
  const { id, action, status, reason, actor, seconds, matching, changed, unchanged, failed, failures } = run;
  const { within: _within, ...filter } = run.filter;
  return {
    ...{ id, action, status, reason, actor, filter, seconds, matching, changed, unchanged, failed, failures },
    ...{ askedAt: askedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null },
  };
}
