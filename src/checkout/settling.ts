import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import type { DeliverableFact, OutboxSubscriber } from '../events/relay.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { parseReservationId } from '../inventory/reservation-ref.js';
import { type CancelledOrder, restockUnits } from '../inventory/restock.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { settleHolds } from '../inventory/settle.js';
import { voidHolds } from '../inventory/void.js';
import { ResultChannel } from '../reservations/result-channel.js';
import { CANCELLED } from './cancel-order.js';
import { VOIDED } from './end-checkout.js';
import { CONFIRMED } from './write-orders.js';

/**
 * Brings to Redis what Postgres has decided: confirmed units are sold, voided and restocked ones go back on sale. Repeats
 * change nothing, and facts of one reservation may come in any order.
 */
@Injectable()
export class Settling implements OutboxSubscriber {
  readonly kinds = [CONFIRMED, VOIDED, CANCELLED];

  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly results: ResultChannel,
  ) {}

  async deliver(saleId: string, facts: readonly DeliverableFact[]): Promise<void> {
    const sale: SaleRef = { id: saleId, key: saleId.slice('sale_'.length) };
    const confirmed = facts.filter(({ kind }) => kind === CONFIRMED).map(boughtHoldOf);
    if (confirmed.length > 0) {
      await crashPoint('relay.settle');
      await settleHolds(this.ledger, sale, confirmed);
    }
    const voided = facts.filter(({ kind }) => kind === VOIDED);
    if (voided.length > 0) {
      await crashPoint('relay.void');
      await voidHolds(
        this.ledger,
        sale,
        voided.map((fact) => ({ ...holdOf(fact), status: statusOf(fact) })),
      );
    }
    await this.restock(
      sale,
      facts.filter(({ kind, payload }) => kind === CANCELLED && payload['restock'] === true),
    );
    await this.results.publish(
      facts.map(({ reservationId }) => ({ id: reservationId ?? '', kind: 'changed', record: '' })),
    );
  }

  /** Which units, the row says: they are no longer among the sold ones. */
  private async restock(sale: SaleRef, facts: readonly DeliverableFact[]): Promise<void> {
    const orders: CancelledOrder[] = [];
    for (const fact of facts) {
      const row = await this.journal.find(fact.reservationId ?? '');
      if (!row) throw new Error(`the reservation of a cancelled order is not there: ${fact.reservationId}`);
      const { customer_id: customerId, lines } = row;
      orders.push({ ...holdOf(fact), heldAs: heldAs(fact), customerId, lines });
    }
    if (orders.length === 0) return;
    await crashPoint('relay.restock');
    await restockUnits(this.ledger, sale, orders);
  }
}

function tailOf(id: unknown): string {
  return typeof id === 'string' ? (parseReservationId(id)?.tail ?? '') : '';
}

function holdOf({ reservationId, sequence }: DeliverableFact): { tail: string; version: number } {
  return { tail: tailOf(reservationId), version: sequence };
}

/** What was paid late has another hold, and the ended one, which may not be given back yet, is none of this fact's. */
function boughtHoldOf(fact: DeliverableFact): { tail: string; version: number } {
  const { heldAs: late, heldAsVersion: version } = fact.payload;
  return typeof version === 'number' ? { tail: tailOf(late), version } : holdOf(fact);
}

/** The hold that the units are in until they are settled; another one where the payment came late. */
function heldAs({ reservationId, payload }: DeliverableFact): string {
  return tailOf(payload['heldAs'] ?? reservationId);
}

function statusOf({ payload }: DeliverableFact): 'released' | 'expired' {
  return payload['status'] === 'released' ? 'released' : 'expired';
}
