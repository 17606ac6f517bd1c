import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { FindReservation } from './find-reservation.js';
import { lostRequest, type Reservation } from './reservation.js';
import { ReservationIds } from './reservation-ids.js';
import { toResource, type ReservationResource } from './reservation-resource.js';

/** Finds reservations for whoever asks. Another customer's is not found, in the same words as one that never was. */
@Injectable()
export class ReservationForCaller {
  constructor(
    private readonly ids: ReservationIds,
    private readonly catalog: SaleCatalog,
    private readonly reservations: FindReservation,
  ) {}

  /** The id taken apart, if it is authentic and the caller's to see. Reads no store. Throws reservation-not-found. */
  authorize(caller: Caller, id: string): ReservationRef {
    const ref = this.ids.authenticate(id);
    if (!ref || (caller.kind === 'buyer' && !this.ids.isOf(ref, caller.customerId))) throw notFound();
    return ref;
  }

  /** The reservation as it is now. One that was accepted and that no store knows any more is rejected: request-lost. */
  async find(caller: Caller, ref: ReservationRef): Promise<Reservation> {
    const buyer = caller.kind === 'buyer' ? caller.customerId : null;
    const found = (await this.reservations.find(ref)) ?? lostRequest(ref.id, ref.sale.key, buyer);
    if (buyer !== null && found.customerId !== buyer) throw notFound();
    return found;
  }

  async saleOf(ref: ReservationRef): Promise<CatalogSale> {
    const sale = await this.catalog.findByKey(ref.sale.key);
    if (!sale) throw notFound();
    return sale;
  }

  async resource(reservation: Reservation): Promise<ReservationResource> {
    const sale = await this.catalog.findByKey(reservation.saleKey);
    if (!sale) throw notFound();
    return toResource(reservation, sale);
  }
}

function notFound(): Problem {
  return new Problem('reservation-not-found', 'There is no such reservation.');
}
