import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { ProblemCode } from '../problems.js';
import { Metrics } from './metrics.js';

/** Where a request was refused: before anything was written down for it, or by the ledger after it was queued. */
export type RefusedAt = 'door' | 'ledger';

/** Counts every refusal once, where it was decided; told again, it is not counted again. */
@Injectable()
export class Refusals {
  private readonly total: Counter<'code' | 'at'>;

  constructor(metrics: Metrics) {
    this.total = metrics.counter(
      'holdfast_refusals_total',
      'Problems by code: answered at once (door), or decided by the ledger after queueing (ledger).',
      ['code', 'at'],
    );
  }

  count(code: ProblemCode, at: RefusedAt, times = 1): void {
    this.total.inc({ code, at }, times);
  }
}
