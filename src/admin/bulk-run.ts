import { Injectable } from '@nestjs/common';
import { EndReservation } from '../checkout/end-reservation.js';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { parseReservationId, type ReservationRef } from '../inventory/reservation-ref.js';
import { Log } from '../platform/logging.js';
import { isPassing, Postgres, quoteLiteral } from '../platform/postgres.js';
import { whileLocked } from '../platform/session-lock.js';
import { Problem } from '../problems.js';
import { ExtendReservation } from '../reservations/extend-reservation.js';
import { ReleaseReservation } from '../reservations/release-reservation.js';
import {
  type BulkRunRow,
  endBulkRun,
  endChunk,
  findBulkRun,
  planChunk,
  type PlannedHold,
  runningBulkRuns,
} from './bulk-run-table.js';
import type { BulkFailure } from './bulk.dto.js';
import { countsOf } from './bulk-holds.js';
import { extendedUntil } from './change-hold.js';
import { LiveHolds } from './live-holds.js';

const RUNS_MAX = 10;
const HOLDS_PER_CHUNK = 200;
/** Holds under way at a time: enough to keep both stores busy between two round trips, not to keep buyers waiting. */
const AT_ONCE = 8;
/** A call works for so long about, so that a process that stops does not wait long for it. */
const TURN_MS = 1_000;

type Word = 'changed' | 'unchanged';

/** Does what operators asked for in bulk: each hold goes the way that it would go alone. */
@Injectable()
export class BulkRun {
  constructor(
    private readonly holds: LiveHolds,
    private readonly releasing: ReleaseReservation,
    private readonly ending: EndReservation,
    private readonly extending: ExtendReservation,
    private readonly postgres: Postgres,
    private readonly log: Log,
  ) {}

  /** One turn of each run under way, each by one worker at a time. Returns how many holds had theirs. */
  async runOnce(): Promise<number> {
    let looked = 0;
    for (const { id } of await runningBulkRuns(this.postgres, RUNS_MAX)) {
      const lock = `hashtextextended(${quoteLiteral(id)}, 0)`;
      looked += (await whileLocked(this.postgres, lock, () => this.turn(id))) ?? 0;
    }
    return looked;
  }

  /** Chunk after chunk; a pause as long as the chunk took follows each. A store that is away leaves the plan for later. */
  private async turn(id: string): Promise<number> {
    const began = performance.now();
    let looked = 0;
    try {
      while (performance.now() - began < TURN_MS) {
        const chunkBegan = performance.now();
        const run = await findBulkRun(this.postgres, id);
        if (run?.status !== 'running') break;
        const plan = run.plan ?? (await this.planned(run));
        if (!plan) break;
        if (plan.length === 0) {
          await this.finish(id);
          break;
        }
        await this.change(run, plan);
        looked += plan.length;
        await new Promise((resolve) => setTimeout(resolve, performance.now() - chunkBegan));
      }
    } catch (error) {
      if (!isPassing(error) && !(error instanceof Problem && error.code === 'store-unavailable')) throw error;
      this.log.root.debug({ err: error, bulkRunId: id }, 'a bulk run is put off');
    }
    return looked;
  }

  /** The next chunk, written down; null where another process has taken over. */
  private async planned(run: BulkRunRow): Promise<PlannedHold[] | null> {
    const rows = await this.holds.beyond({ ...run.filter, at: run.askedAt }, run.cursor, HOLDS_PER_CHUNK);
    const plan = rows.map(({ id, held_at: heldAt, expires_at: expiresAt }): PlannedHold => {
      if (run.seconds === null) return { id };
      return { id, until: extendedUntil({ heldAt: heldAt.getTime(), expiresAt: expiresAt.getTime() }, run.seconds) };
    });
    if (plan.length === 0) return plan;
    await crashPoint('bulk.plan');
    return (await planChunk(this.postgres, run, plan)) ? plan : null;
  }

  private async change(run: BulkRunRow, plan: readonly PlannedHold[]): Promise<void> {
    const words: Word[] = [];
    const failures: BulkFailure[] = [];
    for (let at = 0; at < plan.length; at += AT_ONCE) {
      const some = plan.slice(at, at + AT_ONCE);
      // All that began have ended before an outage of one of them puts the chunk off.
      const settled = await Promise.allSettled(some.map((planned) => this.changeOne(run, planned)));
      for (const [i, each] of settled.entries()) {
        if (each.status === 'rejected') failures.push(failureOf(some[i]?.id ?? '', each.reason));
        else words.push(each.value);
      }
    }
    const changed = words.filter((word) => word === 'changed').length;
    const outcome = { changed, unchanged: words.length - changed, failed: failures.length, failures };
    await crashPoint('bulk.count');
    await endChunk(this.postgres, run, plan.at(-1)?.id ?? run.cursor, outcome);
  }

  /** A repeat comes to the same: released is released, and a deadline that is reached already is not moved again. */
  private async changeOne(run: BulkRunRow, { id, until }: PlannedHold): Promise<Word> {
    const parsed = parseReservationId(id);
    if (!parsed) return 'unchanged';
    const ref = { ...parsed, by: { actor: run.actor, reason: run.reason } };
    try {
      if (until !== undefined) return (await this.extending.extend(ref, until)) ? 'changed' : 'unchanged';
      return (await this.release(run, ref)) ? 'changed' : 'unchanged';
    } catch (error) {
      if (error instanceof Problem && error.code === 'reservation-not-held') return 'unchanged';
      throw error;
    }
  }

  /** A hold that went to payment meanwhile was not asked for, and is left to it. */
  private async release({ filter, reason }: BulkRunRow, ref: ReservationRef): Promise<boolean> {
    if (filter.status !== 'checkout') return (await this.releasing.release(ref, reason)) === 'released';
    await this.ending.end(ref, reason);
    return true;
  }

  /** In the name of who asked for it. */
  private async finish(id: string): Promise<void> {
    await crashPoint('bulk.end');
    await this.postgres.transaction(async (client) => {
      const done = await endBulkRun(client, id, 'done');
      if (!done) return;
      const { actor, action, reason, matching } = done;
      const entry = { actor, action: `holds.${action}.done`, subject: id, reason };
      await appendToAudit(client, [{ ...entry, before: { matching }, after: countsOf(done) }]);
    });
  }
}

/** What cannot be done is told and passed by; a store that is away is waited for. */
function failureOf(reservationId: string, error: unknown): BulkFailure {
  if (isPassing(error) || (error instanceof Problem && error.code === 'store-unavailable')) throw error;
  return { reservationId, detail: error instanceof Error ? error.message : String(error) };
}
