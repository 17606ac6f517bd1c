import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import { RecentCounts } from '../platform/recent-counts.js';
import type { PaymentOutcome } from './payment.js';

const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128];

/** What becomes of payments, and of the transactions that they share. */
@Injectable()
export class PaymentMetrics {
  private readonly outcomes;
  private readonly batches;
  private readonly transactions;

  constructor(
    metrics: Metrics,
    private readonly recent: RecentCounts,
  ) {
    this.outcomes = metrics.counter(
      'holdfast_payments_total',
      'Confirmations by outcome: ordered, repeated, the code of a refusal, not-pinned and late (pinned or held again, then tried again), unknown, failed.',
      ['outcome'],
    );
    this.batches = metrics.histogram(
      'holdfast_confirm_batch_payments',
      'Payments in one group-committed transaction.',
      BATCH_BUCKETS,
    );
    this.transactions = metrics
      .durations('holdfast_confirm_duration_seconds', 'One confirm transaction, with its COMMIT.')
      .of();
  }

  outcome(outcome: PaymentOutcome): void {
    this.outcomes.inc({ outcome: wordOf(outcome) });
    if (outcome.kind === 'ordered' && outcome.created) this.recent.add(outcome.order.saleId, 'confirmed');
  }

  /** Measures the transaction of a batch, whatever comes of it. */
  async batch<T>(payments: number, transaction: () => Promise<T>): Promise<T> {
    this.batches.observe(payments);
    const began = performance.now();
    try {
      return await transaction();
    } finally {
      this.transactions.observe((performance.now() - began) / 1_000);
    }
  }
}

function wordOf(outcome: PaymentOutcome): string {
  if (outcome.kind === 'ordered') return outcome.created ? 'ordered' : 'repeated';
  return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
}
