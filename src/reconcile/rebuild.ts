import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import type { Sale } from '../generated/prisma/client.js';
import { saleLock, stateLock } from '../inventory/in-epoch.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import type { JournalRow } from '../inventory/journal-row.js';
import { LAYOUT } from '../inventory/layout.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { WriteEpoch } from '../inventory/write-epoch.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { whileLocked } from '../platform/session-lock.js';
import type { ActiveSale } from '../sales/active-sales.js';
import { ClockBeat } from './clock-beat.js';
import { readSnapshot, type Snapshot } from './snapshot.js';
import { stateOf } from './state-of-snapshot.js';

/** Holds that are ended by one statement, so that none takes longer than a request may, however many there are. */
const OVERDUE_BATCH = 1_000;

/**
 * Rebuilds a sale's state in Redis from Postgres: the one path for a new sale, a restarted or emptied Redis and books
 * that do not add up. A new epoch first, so that nothing decided under the old one can be written any more; then one
 * snapshot; then the new epoch's keys; `meta` last.
 */
@Injectable()
export class Rebuild {
  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly epochs: WriteEpoch,
    private readonly settings: SaleSettings,
    private readonly clock: ClockBeat,
    private readonly log: Log,
  ) {}

  /**
   * False when another guardian rebuilds this sale already, or has since `seen` was read. Throws when a store fails
   * underneath; the next run begins again with the next epoch.
   */
  async rebuild(seen: ActiveSale): Promise<boolean> {
    const runId = this.connection.runId();
    if (!runId) return false;
    return (await whileLocked(this.postgres, stateLock(seen), () => this.rebuildAlone(seen, runId))) ?? false;
  }

  private async rebuildAlone(seen: ActiveSale, runId: string): Promise<boolean> {
    const began = performance.now();
    const sale = await this.raiseEpoch(seen, runId);
    if (!sale) return false;
    await this.endOverdue(sale);
    const snapshot = await this.snapshot(sale);
    const { state, losers } = stateOf(snapshot);
    await this.releaseLosers(losers);
    const outcome = await this.epochs.write(sale, sale.epoch, runId, state, () => this.clock.beginning());
    const ms = Math.round(performance.now() - began);
    this.log.root.info(
      { saleId: sale.id, epoch: sale.epoch, holds: state.holds.length, losers: losers.length, ms, outcome },
      'rebuilt',
    );
    if (outcome !== 'opened') return false;
    // A change of the sale since its row was read above may have been told to the epoch before, which is gone.
    await crashPoint('rebuild.settings');
    await this.settings.push(sale.id);
    return true;
  }

  /**
   * With the sale's lock held exclusively, no journal write is under way: what follows belongs to the new epoch. Null,
   * and nothing changed, when another guardian has raised it since `seen` was read, or a newer version has built it.
   */
  private async raiseEpoch(seen: ActiveSale, runId: string): Promise<Sale | null> {
    await crashPoint('rebuild.raise');
    const raised = await this.postgres.transaction(async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(${saleLock(seen)})`);
      const { rowCount } = await client.query(
        `UPDATE sales SET epoch = epoch + 1, redis_run_id = $2, layout = greatest(layout, $4), rebuilt_at = ledger_now(), retired_at = NULL,
           revision = revision + (retired_at IS NOT NULL)::int WHERE id = $1 AND epoch = $3 AND layout <= $5`,
        [seen.id, runId, seen.epoch, LAYOUT.written, LAYOUT.newest],
      );
      return rowCount === 1;
    });
    if (!raised) return null;
    const sale = await this.postgres.prisma.sale.findUniqueOrThrow({ where: { id: seen.id } });
    // What is delivered to the old epoch after the snapshot would be lost: from here on scripts find no state.
    await crashPoint('rebuild.close');
    await this.epochs.close(sale, sale.epoch);
    return sale;
  }

  /** Deadlines that passed while nobody looked: the units are free in the new epoch. What a crash leaves, the next run ends. */
  private async endOverdue(sale: Sale): Promise<void> {
    for (;;) {
      await crashPoint('rebuild.overdue');
      const ended = await this.postgres.query(
        `UPDATE reservations SET status = 'expired', version = version + 1, ended_at = ledger_now(), end_reason = 'expired'
         WHERE status = 'held' AND id IN (SELECT id FROM reservations
           WHERE sale_id = $1 AND status = 'held' AND expires_at <= (SELECT ledger_now()) LIMIT $2) RETURNING 1`,
        [sale.id, OVERDUE_BATCH],
      );
      if (ended.length < OVERDUE_BATCH) return;
    }
  }

  private snapshot(sale: Sale): Promise<Snapshot> {
    return this.postgres.slowTransaction(
      (slow) => readSnapshot(slow, sale),
      'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    );
  }

  /** A release that reached Redis and not Postgres may leave two holds on a unit; the newer one was told of. */
  private async releaseLosers(losers: readonly JournalRow[]): Promise<void> {
    if (losers.length === 0) return;
    this.log.root.warn({ reservationIds: losers.map(({ id }) => id) }, 'holds whose units were given on are released');
    await crashPoint('rebuild.losers');
    await this.postgres.query(
      `UPDATE reservations SET status = 'released', version = version + 1, ended_at = ledger_now(), end_reason = 'rebuild'
       WHERE id = ANY($1) AND status = 'held'`,
      [losers.map(({ id }) => id)],
    );
  }
}
