import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import { RecentCounts } from '../platform/recent-counts.js';
import { Tracing } from '../platform/tracing.js';
import type { SaleRef } from './sale-keys.js';

/** What the ledger's two stores are asked for, and how long they take: one script call and one transaction a batch. */
@Injectable()
export class LedgerMetrics {
  private readonly scripts;
  private readonly journal;
  private readonly rows;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly recent: RecentCounts,
  ) {
    this.scripts = metrics.durations(
      'holdfast_script_duration_seconds',
      'One call of a Lua script, as seen from here: the way to Redis and back, and its fsync, are in it.',
      ['script'],
    );
    this.journal = metrics.durations(
      'holdfast_journal_duration_seconds',
      'One journal transaction, which writes a batch: its count is the number of batches.',
      ['write'],
    );
    this.rows = metrics.counter('holdfast_journal_rows_total', 'Reservations that journal transactions wrote of.', [
      'write',
    ]);
  }

  /** Measures and traces one call, whatever comes of it. */
  async script<T>(name: string, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await this.tracing.span(() => ({ name: `script ${name}` }), call);
    } finally {
      this.scripts.of(name).observe((performance.now() - began) / 1_000);
    }
  }

  /** Holds that ended, for the rates that operators see; a repeat may count again. */
  ended(sale: SaleRef, statuses: readonly ('released' | 'expired')[]): void {
    for (const status of statuses) this.recent.add(sale.id, status);
  }

  /** Measures and traces a journal write of so many rows; one that failed wrote none. */
  async write<T>(kind: string, rows: number, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const attributes = { 'db.operation.batch.size': rows };
    const result = await this.tracing.span(() => ({ name: `journal ${kind}`, attributes }), work);
    this.journal.of(kind).observe((performance.now() - began) / 1_000);
    this.rows.inc({ write: kind }, rows);
    return result;
  }
}
