import type { OutboxFact } from '../events/outbox.js';
import type { SaleRow } from './sale-record.js';
import { STATUS_FACTS } from './sale-states.js';

/** What subscribers are told of sales that have just reached their status; nothing of drafts and scheduled ones. */
export function statusFacts(sales: readonly SaleRow[]): OutboxFact[] {
  return sales.flatMap((sale) => {
    const { id: saleId, status, slug, name, revision, opensAt, closesAt } = sale;
    const kind = STATUS_FACTS[status];
    if (!kind) return [];
    return [{ kind, saleId, sequence: revision, payload: { saleId, slug, name, status, revision, opensAt, closesAt } }];
  });
}
