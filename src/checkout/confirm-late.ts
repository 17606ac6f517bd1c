import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { beginBy } from '../inventory/by.js';
import { EndedHolds } from '../inventory/ended-holds.js';
import { expireHolds } from '../inventory/expire.js';
import { Epochs, rebuilding } from '../inventory/epochs.js';
import { Journal } from '../inventory/journal.js';
import type { JournalRow } from '../inventory/journal-row.js';
import { Ledger } from '../inventory/ledger.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { codeOf, Postgres } from '../platform/postgres.js';
import { journalled } from '../reservations/release-reservation.js';
import { finishLate, type HeldAgain } from './finish-late.js';
import type { Payment, PaymentOutcome } from './payment.js';
import { PaymentMetrics } from './payment-metrics.js';
import { ReholdLate } from './rehold-late.js';

const HOLDS_PER_CALL = 500;
const TRIES_MAX = 3;
const UNIQUE_VIOLATION = '23505';

/** Payments that come after their reservation has ended. Without Redis there is no answer: never a refusal. */
@Injectable()
export class ConfirmLate {
  constructor(
    private readonly ledger: Ledger,
    private readonly epochs: Epochs,
    private readonly journal: Journal,
    private readonly ended: EndedHolds,
    private readonly postgres: Postgres,
    private readonly reholds: ReholdLate,
    private readonly metrics: PaymentMetrics,
  ) {}

  /**
   * Holds what has expired again, and orders or refuses it, once a payment reference. Of two payments at once one makes
   * the order, and what was held for the other goes back. Throws store-unavailable.
   */
  async confirm(ref: ReservationRef, payment: Payment, expired: JournalRow): Promise<PaymentOutcome> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const held = await this.reholds.hold(ref, expired, payment.paymentReference);
      await crashPoint('late.write');
      const outcome = await this.finish(payment, held);
      await crashPoint('late.answer');
      this.metrics.outcome(outcome);
      if (outcome.kind !== 'late') return outcome;
    }
    throw rebuilding();
  }

  /** Redis has refused to pin it, and the journal does not know yet how it ended. */
  async journalEnd({ sale, tail }: ReservationRef): Promise<void> {
    await crashPoint('late.end');
    await expireHolds(this.ledger, sale, HOLDS_PER_CALL);
    const { epoch } = await this.epochs.current(sale);
    const [ended] = await this.ended.of(sale, epoch, [tail]);
    if (!ended) return;
    await crashPoint('late.journal');
    await journalled(this.journal.end(sale, epoch, [ended]));
  }

  private async finish(payment: Payment, held: HeldAgain): Promise<PaymentOutcome> {
    try {
      return await journalled(
        this.postgres.transaction((client) => finishLate(client, payment, held), beginBy(payment.by)),
      );
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
      // The last fence held, which is not reachable while the protocol holds: the payer is refunded.
      return journalled(
        this.postgres.transaction(
          (client) => finishLate(client, payment, { refused: 'unit-sold' }),
          beginBy(payment.by),
        ),
      );
    }
  }
}
