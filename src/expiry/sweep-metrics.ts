import { Injectable } from '@nestjs/common';
import type { ExpiredHolds, OverdueRequests } from '../inventory/expire.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Metrics } from '../platform/metrics.js';
import { Refusals } from '../platform/refusals.js';
import { RefusalLines } from '../reservations/refusal-lines.js';

/** What the sweep gives back and how late it is. */
@Injectable()
export class SweepMetrics {
  private readonly holds;
  private readonly units;
  private readonly lateness;
  private readonly requeued;
  private readonly runs;

  constructor(
    metrics: Metrics,
    private readonly refusals: Refusals,
    private readonly lines: RefusalLines,
  ) {
    this.holds = metrics.counter('holdfast_expired_holds_total', 'Holds whose units the sweep gave back.');
    this.units = metrics.counter('holdfast_expired_units_total', 'Units that the sweep gave back.');
    this.lateness = metrics
      .durations(
        'holdfast_expiry_lateness_seconds',
        'How long after its deadline the sweep gave a hold back. Due holds that a buyer met first are not in it.',
      )
      .of();
    this.requeued = metrics.counter(
      'holdfast_requeued_requests_total',
      'Decided requests whose job was gone, queued again.',
    );
    this.runs = metrics.durations('holdfast_sweep_duration_seconds', 'One run of the sweep over one sale.').of();
  }

  expired({ tails, units, lateMs }: ExpiredHolds): void {
    if (tails.length === 0) return;
    this.holds.inc(tails.length);
    this.units.inc(units);
    for (const ms of lateMs) this.lateness.observe(ms / 1_000);
  }

  overdue(sale: SaleRef, { rejected, stranded }: OverdueRequests): void {
    if (rejected.length > 0) this.refusals.count('queue-timeout', 'ledger', rejected.length, sale.id);
    for (const tail of rejected) this.lines.ended('queue-timeout', sale, tail);
    if (stranded.length > 0) this.requeued.inc(stranded.length);
  }

  ran(ms: number): void {
    this.runs.observe(ms / 1_000);
  }
}
