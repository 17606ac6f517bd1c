import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { appendToOutbox } from '../events/outbox.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { statusFacts } from './sale-facts.js';
import { flipDueSales, type FlippedSale, hasDueSales } from './sale-table.js';

export const SCHEDULE_ACTOR = 'schedule';
const SALES_PER_RUN_MAX = 100;

/** How many sales a run opened and closed. */
export interface ScheduleRun {
  opened: number;
  closed: number;
}

/**
 * Opens and closes sales at their times, by Postgres's clock. The hold script keeps the same times by itself, to the
 * millisecond; this makes the row, the audit log and whoever listens agree with it.
 */
@Injectable()
export class SaleSchedule {
  constructor(
    private readonly postgres: Postgres,
    private readonly settings: SaleSettings,
    private readonly log: Log,
  ) {}

  /** Opens and closes what is due now. Several processes may run it at once: each sale is taken by one of them. */
  async runOnce(): Promise<ScheduleRun> {
    if (!(await hasDueSales(this.postgres))) return { opened: 0, closed: 0 };
    await crashPoint('schedule.flip');
    const flipped = await this.postgres.transaction((client) => this.flip(client));
    await Promise.all(flipped.map((sale) => this.tellRedis(sale.id)));
    const opened = flipped.filter(({ status }) => status === 'open').length;
    return { opened, closed: flipped.length - opened };
  }

  private async flip(client: pg.PoolClient): Promise<FlippedSale[]> {
    const flipped = await flipDueSales(client, SALES_PER_RUN_MAX);
    const entries = flipped.map(({ id, status, statusBefore }) => ({
      actor: SCHEDULE_ACTOR,
      action: status === 'open' ? 'sale.open' : 'sale.close',
      subject: id,
      reason: status === 'open' ? 'opensAt is reached' : 'closesAt is reached',
      before: { status: statusBefore },
      after: { status },
    }));
    await appendToAudit(client, entries);
    await appendToOutbox(client, statusFacts(flipped));
    return flipped;
  }

  /** Redis already keeps these times, and a rebuild reads the row: a Redis that is away must not stop the schedule. */
  private async tellRedis(saleId: string): Promise<void> {
    try {
      await crashPoint('schedule.settings');
      await this.settings.push(saleId);
    } catch (error) {
      this.log.root.warn({ saleId, err: error }, 'a scheduled change of a sale has not reached Redis');
    }
  }
}
