import { Injectable } from '@nestjs/common';
import { GroupCommit } from '../platform/group-commit.js';
import { Log } from '../platform/logging.js';
import { isOutage, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { confirmBatch } from './confirm-batch.js';
import { type Payment, type PaymentOutcome, unitsGone } from './payment.js';
import { recordRefusal } from './record-refusal.js';

const PAYMENTS_PER_BATCH_MAX = 100;
const TRIES_MAX = 3;
const UNIQUE_VIOLATION = '23505';
const TRY_AGAIN: ReadonlySet<string> = new Set(['40P01', '40001', '55P03']);

/**
 * Turns payments into orders; those that arrive together share one Postgres transaction. Redis has no part in it. A
 * commit of unknown outcome is tried again: outcomes are rows, so the second try reads what the first one wrote.
 */
@Injectable()
export class Confirm {
  private readonly batches: GroupCommit<Payment, PaymentOutcome>;

  constructor(
    private readonly postgres: Postgres,
    private readonly log: Log,
  ) {
    const runBatch = (payments: Payment[]): Promise<PaymentOutcome[]> => this.confirmTogether(payments);
    this.batches = new GroupCommit({ runBatch, itemsMax: PAYMENTS_PER_BATCH_MAX });
  }

  /** One outcome a (reservation, reference). On store-unavailable it is unknown: repeat with the same reference. */
  confirm(payment: Payment): Promise<PaymentOutcome> {
    return this.batches.add(payment);
  }

  private async confirmTogether(payments: Payment[]): Promise<PaymentOutcome[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.postgres.transaction((client) => confirmBatch(client, payments));
      } catch (error) {
        const code = codeOf(error);
        if (code === UNIQUE_VIOLATION) return this.confirmApart(payments);
        const again = TRY_AGAIN.has(code) || isOutage(error);
        if (!again) throw error;
        if (tries === TRIES_MAX) throw postgresUnavailable();
      }
    }
  }

  /** One bad order must not fail its neighbours. */
  private async confirmApart(payments: Payment[]): Promise<PaymentOutcome[]> {
    const [only] = payments;
    if (payments.length === 1 && only) return [await this.refuseForGood(only)];
    const outcomes: PaymentOutcome[] = [];
    for (const payment of payments) outcomes.push(...(await this.confirmTogether([payment])));
    return outcomes;
  }

  private async refuseForGood(payment: Payment): Promise<PaymentOutcome> {
    this.log.root.error({ reservationId: payment.reservationId }, 'a unit was sold already: the last fence held');
    return { kind: 'refused', refusal: await recordRefusal(this.postgres, payment, unitsGone()) };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
