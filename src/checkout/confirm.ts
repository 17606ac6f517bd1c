import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { beginBy } from '../inventory/by.js';
import { GroupCommit } from '../platform/group-commit.js';
import { Log } from '../platform/logging.js';
import { codeOf, isPassing, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Tracing } from '../platform/tracing.js';
import { journalled } from '../reservations/release-reservation.js';
import { confirmBatch } from './confirm-batch.js';
import { type Payment, type PaymentOutcome, type StoredRefusal, unitsGone } from './payment.js';
import { PaymentMetrics } from './payment-metrics.js';
import { findRefusal, recordRefusal } from './record-refusal.js';

const PAYMENTS_PER_BATCH_MAX = 100;
const TRIES_MAX = 3;
const UNIQUE_VIOLATION = '23505';

/**
 * Turns payments into orders; those that arrive together share one Postgres transaction. Redis has no part in it. A
 * commit of unknown outcome is tried again: outcomes are rows, so the second try reads what the first one wrote.
 */
@Injectable()
export class Confirm {
  /** By who confirms, whom the history names: one shop, as a rule. */
  private readonly batches = new Map<string, GroupCommit<Payment, PaymentOutcome>>();

  constructor(
    private readonly postgres: Postgres,
    private readonly log: Log,
    private readonly metrics: PaymentMetrics,
    private readonly tracing: Tracing,
  ) {}

  /** One outcome a (reservation, reference). On store-unavailable it is unknown: repeat with the same reference. */
  async confirm(payment: Payment): Promise<PaymentOutcome> {
    await crashPoint('confirm.write');
    const outcome = await this.batchOf(payment).add(payment);
    await crashPoint('confirm.answer');
    this.metrics.outcome(outcome);
    if (outcome.kind === 'failed') throw outcome.error;
    return outcome;
  }

  /** Refuses a payment for good, unless it has an outcome already: then that one. */
  async refuse(payment: Payment, refusal: StoredRefusal): Promise<PaymentOutcome> {
    const stored = await journalled(recordRefusal(this.postgres, payment, refusal));
    if (!stored) return this.confirm(payment);
    this.metrics.outcome({ kind: 'refused', refusal: stored });
    return { kind: 'refused', refusal: stored };
  }

  refusalOf(payment: Payment): Promise<StoredRefusal | null> {
    return journalled(findRefusal(this.postgres, payment));
  }

  private batchOf({ by }: Payment): GroupCommit<Payment, PaymentOutcome> {
    const actor = by?.actor ?? '';
    const known = this.batches.get(actor);
    if (known) return known;
    const batch = new GroupCommit<Payment, PaymentOutcome>({
      runBatch: (payments) => this.confirmTogether(payments),
      itemsMax: PAYMENTS_PER_BATCH_MAX,
      traced: this.tracing.batch('confirm transaction'),
    });
    this.batches.set(actor, batch);
    return batch;
  }

  private async confirmTogether(payments: Payment[]): Promise<PaymentOutcome[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.metrics.batch(payments.length, () =>
          this.postgres.transaction((client) => confirmBatch(client, payments), beginBy(payments[0]?.by)),
        );
      } catch (error) {
        if (codeOf(error) === UNIQUE_VIOLATION && !isOutcome(error)) return this.confirmApart(payments);
        // An outcome that was written meanwhile, before there was a row to lock, is read by the next try.
        if (!isPassing(error) && !isOutcome(error)) throw error;
        if (tries < TRIES_MAX) continue;
        // A row that somebody keeps locked must not fail the payments beside it.
        if (payments.length > 1 && this.postgres.isUp()) return this.confirmApart(payments);
        throw postgresUnavailable();
      }
    }
  }

  /** One bad order must not fail its neighbours. */
  private async confirmApart(payments: Payment[]): Promise<PaymentOutcome[]> {
    const [only] = payments;
    if (payments.length === 1 && only) return [await this.refuseForGood(only)];
    const outcomes: PaymentOutcome[] = [];
    for (const payment of payments) outcomes.push(...(await this.confirmAlone(payment)));
    return outcomes;
  }

  private async confirmAlone(payment: Payment): Promise<PaymentOutcome[]> {
    try {
      return await this.confirmTogether([payment]);
    } catch (error) {
      return [{ kind: 'failed', error }];
    }
  }

  private async refuseForGood(payment: Payment): Promise<PaymentOutcome> {
    this.log.root.error({ reservationId: payment.reservationId }, 'a unit was sold already: the last fence held');
    const refusal = await recordRefusal(this.postgres, payment, unitsGone());
    return refusal ? { kind: 'refused', refusal } : { kind: 'failed', error: postgresUnavailable() };
  }
}

/** Somebody wrote the outcome of the same payment meanwhile. */
function isOutcome(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'payment_outcomes_pkey';
}
