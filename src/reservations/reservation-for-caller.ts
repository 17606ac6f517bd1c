import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/caller.js';
import type { ReservationRef } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import { knowsHeld } from '../sales/known-lines.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { FindReservation } from './find-reservation.js';
import { ForgottenRequests } from './forgotten-requests.js';
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
    private readonly forgotten: ForgottenRequests,
  ) {}

  /** The id taken apart, if it is authentic and the caller's to see. Reads no store. Throws reservation-not-found. */
  authorize(caller: Caller, id: string): ReservationRef {
    const ref = this.ids.authenticate(id);
    if (!ref || (caller.kind === 'buyer' && !this.ids.isOf(ref, caller.customerId))) throw notFound();
    return { ...ref, by: { actor: caller.kind === 'buyer' ? 'buyer' : actorOf(caller) } };
  }

  /** The reservation as it is now. One that no store knows any more was forgotten by age, or is rejected: request-lost. */
  async find(caller: Caller, ref: ReservationRef): Promise<Reservation> {
    const buyer = caller.kind === 'buyer' ? caller.customerId : null;
    const found = (await this.reservations.find(ref)) ?? (await this.lost(ref, buyer));
    if (buyer !== null && found.customerId !== buyer) throw notFound();
    return found;
  }

  private async lost(ref: ReservationRef, buyer: string | null): Promise<Reservation> {
    if (await this.forgotten.isOlderThanKept(ref.sale)) throw notFound(OR_TOO_OLD);
    return lostRequest(ref.id, ref.sale.key, buyer);
  }

  async saleOf(ref: ReservationRef): Promise<CatalogSale> {
    const sale = await this.catalog.findByKey(ref.sale.key);
    if (!sale) throw notFound();
    return sale;
  }

  async resource(reservation: Reservation): Promise<ReservationResource> {
    const sale = await this.catalog.findByKey(reservation.saleKey);
    const known =
      sale && knowsHeld(sale, reservation.lines) ? sale : await this.catalog.fresh(`sale_${reservation.saleKey}`);
    if (!known) throw notFound();
    return toResource(reservation, known);
  }
}

const OR_TOO_OLD = ' What came to nothing is remembered for some time only.';

function notFound(why = ''): Problem {
  return new Problem('reservation-not-found', `There is no such reservation.${why}`);
}
