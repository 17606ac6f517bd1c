import { Injectable } from '@nestjs/common';
import type { DeliverableFact, OutboxSubscriber } from '../events/relay.js';
import { Ledger } from '../inventory/ledger.js';
import { parseReservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { settleHolds } from '../inventory/settle.js';
import { voidHolds } from '../inventory/void.js';
import { ResultChannel } from '../reservations/result-channel.js';
import { CONFIRMED } from './confirm-batch.js';
import { VOIDED } from './end-checkout.js';

/** Brings to Redis what Postgres has decided: confirmed units are sold, voided ones go back on sale. Repeats change nothing. */
@Injectable()
export class Settling implements OutboxSubscriber {
  readonly kinds = [CONFIRMED, VOIDED];

  constructor(
    private readonly ledger: Ledger,
    private readonly results: ResultChannel,
  ) {}

  async deliver(saleId: string, facts: readonly DeliverableFact[]): Promise<void> {
    const sale: SaleRef = { id: saleId, key: saleId.slice('sale_'.length) };
    const confirmed = facts.filter(({ kind }) => kind === CONFIRMED).map(holdOf);
    if (confirmed.length > 0) await settleHolds(this.ledger, sale, confirmed);
    const voided = facts.filter(({ kind }) => kind === VOIDED);
    if (voided.length > 0)
      await voidHolds(
        this.ledger,
        sale,
        voided.map((fact) => ({ ...holdOf(fact), status: statusOf(fact) })),
      );
    await this.results.publish(
      facts.map(({ reservationId }) => ({ id: reservationId ?? '', kind: 'changed', record: '' })),
    );
  }
}

function holdOf({ reservationId, sequence }: DeliverableFact): { tail: string; version: number } {
  return { tail: parseReservationId(reservationId ?? '')?.tail ?? '', version: sequence };
}

function statusOf({ payload }: DeliverableFact): 'released' | 'expired' {
  return payload['status'] === 'released' ? 'released' : 'expired';
}
