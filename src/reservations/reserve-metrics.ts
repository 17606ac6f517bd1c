import { Injectable } from '@nestjs/common';
import type { Decision } from '../inventory/hold.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import type { UndoneHold } from '../inventory/undo.js';
import { Metrics } from '../platform/metrics.js';
import { RecentCounts } from '../platform/recent-counts.js';
import { RedisClock } from '../platform/redis-clock.js';
import { Refusals } from '../platform/refusals.js';
import type { ProblemCode } from '../problems.js';
import { RefusalLines } from './refusal-lines.js';
import { refusalIn } from './refusal-record.js';

const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

interface AnnouncedHold {
  readonly request: { readonly queuedAt: number };
  readonly hold: { readonly lines: readonly { readonly units: readonly number[] }[] };
}

/** From the request that is written down to the hold that is told: counted a batch at a time, refusals explained. */
@Injectable()
export class ReserveMetrics {
  private readonly requests;
  private readonly batches;
  private readonly holds;
  private readonly units;
  private readonly undone;
  private readonly heldAfter;
  private readonly refusedAfter;

  constructor(
    metrics: Metrics,
    private readonly refusals: Refusals,
    private readonly clock: RedisClock,
    private readonly lines: RefusalLines,
    private readonly recent: RecentCounts,
  ) {
    this.requests = metrics.counter(
      'holdfast_requests_total',
      'Reserve requests taken in: queued (written down now), or repeats of known and of journalled ones.',
      ['outcome'],
    );
    this.batches = metrics.histogram(
      'holdfast_reserve_batch_requests',
      'Requests in one batch: accept (one script call and one job), decide (one hold script).',
      BATCH_BUCKETS,
      ['step'],
    );
    this.holds = metrics.counter('holdfast_holds_total', 'Holds made: journalled and announced.');
    this.units = metrics.counter('holdfast_held_units_total', 'Units in holds made.');
    this.undone = metrics.counter('holdfast_undone_holds_total', 'Holds that the journal refused, units back.', [
      'why',
    ]);
    const latency = metrics.durations(
      'holdfast_decision_duration_seconds',
      'From a request being written down to its decision being told, by Redis’s clock.',
      ['outcome'],
    );
    this.heldAfter = latency.of('held');
    this.refusedAfter = latency.of('refused');
  }

  accepted(sale: SaleRef, kinds: readonly { kind: string }[]): void {
    this.batches.observe({ step: 'accept' }, kinds.length);
    const counts = new Map<string, number>();
    for (const { kind } of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const [outcome, count] of counts) this.requests.inc({ outcome }, count);
    this.recent.add(sale.id, 'queued', counts.get('queued') ?? 0);
  }

  /** What the hold script said: refusals are final, holds are still to be journalled. */
  decided(sale: SaleRef, decisions: readonly Decision[]): void {
    this.batches.observe({ step: 'decide' }, decisions.length);
    const now = this.clock.now();
    const codes = new Map<ProblemCode, number>();
    for (const { word, tail, request } of decisions) {
      if (word !== 'refused') continue;
      const { code, queuedAt } = refusalIn(request);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      this.lines.refused(code, sale, tail, request);
      if (now !== undefined) this.refusedAfter.observe((now - queuedAt) / 1_000);
    }
    for (const [code, count] of codes) this.refusals.count(code, 'ledger', count, sale.id);
  }

  announced(sale: SaleRef, holds: readonly AnnouncedHold[]): void {
    if (holds.length === 0) return;
    const now = this.clock.now();
    let units = 0;
    for (const { request, hold } of holds) {
      for (const line of hold.lines) units += line.units.length;
      if (now !== undefined) this.heldAfter.observe((now - request.queuedAt) / 1_000);
    }
    this.holds.inc(holds.length);
    this.units.inc(units);
    this.recent.add(sale.id, 'held', holds.length);
    this.recent.add(sale.id, 'heldUnits', units);
  }

  /** Where a row answers instead, nobody was refused. */
  undid(sale: SaleRef, holds: readonly UndoneHold[]): void {
    for (const { tail, why } of holds) {
      this.undone.inc({ why });
      if (why === 'row') continue;
      this.refusals.count(why, 'ledger', 1, sale.id);
      this.lines.ended(why, sale, tail);
    }
  }
}
