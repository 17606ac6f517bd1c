import { Injectable } from '@nestjs/common';
import { unpackRequest } from '../inventory/records.js';
import { reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Refusals } from '../platform/refusals.js';
import type { ProblemCode } from '../problems.js';
import { SaleCatalog } from '../sales/sale-catalog.js';
import { problemOfRejection } from './rejection.js';

/** Explains what the ledger refused, with the figures that it decided by and the id of the request that asked. */
@Injectable()
export class RefusalLines {
  constructor(
    private readonly refusals: Refusals,
    private readonly catalog: SaleCatalog,
  ) {}

  /** `record` is the request as the ledger closed it. Beyond what a second may hold this is a count and no more. */
  refused(code: ProblemCode, sale: SaleRef, tail: string, record: string): void {
    if (this.refusals.admitsLine(code, 'ledger', { saleId: sale.id })) void this.explain(code, sale, tail, record);
  }

  /** A request that the sweep or the journal ended: no record of it is at hand. */
  ended(code: ProblemCode, sale: SaleRef, tail: string): void {
    if (!this.refusals.admitsLine(code, 'ledger', { saleId: sale.id })) return;
    this.refusals.explain(code, 'ledger', { saleId: sale.id, reservationId: reservationId(sale, tail) });
  }

  private async explain(code: ProblemCode, sale: SaleRef, tail: string, record: string): Promise<void> {
    const { requestId, customerId, mode, lines, rejection, queuedAt } = unpackRequest(record);
    const requested = lines.reduce((sum, { wanted }) => sum + (typeof wanted === 'number' ? wanted : wanted.length), 0);
    const asked = { saleId: sale.id, customerId, reservationId: reservationId(sale, tail), mode, requested };
    // The names of SKUs are in the catalog; where it cannot be read the figures go by their ordinals.
    const known = await this.catalog.find(sale.id).catch(() => null);
    const figures = known ? problemOfRejection(rejection, known, queuedAt).extensions : { rejection };
    this.refusals.explain(code, 'ledger', { requestId, ...asked, ...figures });
  }
}
