import { Injectable } from '@nestjs/common';
import { CustomerRequests } from '../inventory/customer-requests.js';
import { SaleRetired } from '../inventory/epochs.js';
import { Journal } from '../inventory/journal.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold, unpackRequest } from '../inventory/records.js';
import { type ReservationRef, reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { viewRecords, type ViewedRecords } from '../inventory/view.js';
import { Problem } from '../problems.js';
import { fromRecords, fromRow, type Reservation } from './reservation.js';

const LISTED_MAX = 100;

/** Reads reservations from whichever store has the last word on them. */
@Injectable()
export class FindReservation {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly customers: CustomerRequests,
  ) {}

  /**
   * The reservation as it is now, or null when neither store knows it. Redis tells of what is queued, held and
   * rejected; from the pin on, and while Redis is out of reach, Postgres does. Throws store-unavailable when the
   * store that would know cannot be asked.
   */
  async find(ref: ReservationRef): Promise<Reservation | null> {
    const viewed = await this.view(ref);
    if (viewed instanceof Problem) {
      const row = await this.journal.find(ref.id);
      if (!row && !(viewed instanceof SaleRetired)) throw viewed;
      return row && fromRow(row);
    }
    const known = read(ref.id, ref.sale.key, viewed);
    if (known && !needsJournal(known)) return known;
    const row = await this.journal.find(ref.id);
    // A record that says held without a hold or a row was never journalled: what it asked for went with Redis.
    if (!row) return known?.status === 'held' ? null : known;
    const journalled = fromRow(row);
    // An expiry or release may reach Postgres after Redis: then Redis is ahead. It never is of a confirmation.
    return known && known.status !== 'rejected' && !isConfirmed(journalled) && journalled.version < known.version
      ? { ...journalled, status: known.status, version: known.version }
      : journalled;
  }

  /** A customer's reservations in a sale, newest first, at most 100. */
  async ofCustomer(sale: SaleRef, customerId: string): Promise<Reservation[]> {
    const found = new Map<string, Reservation>();
    for (const row of await this.journal.ofCustomer(sale.id, customerId, LISTED_MAX)) found.set(row.id, fromRow(row));
    const tails = await this.customers.tails(sale, customerId);
    const records = tails.length > 0 ? await viewRecords(this.ledger, sale, tails) : [];
    tails.forEach((tail, i) => {
      const id = reservationId(sale, tail);
      const viewed = records[i];
      const known = viewed && read(id, sale.key, viewed);
      const journalled = found.get(id);
      if (
        known &&
        !(known.status === 'held' && known.heldAt === null) &&
        (!journalled || (!isConfirmed(journalled) && known.version > journalled.version))
      ) {
        found.set(
          id,
          journalled && needsJournal(known) ? { ...journalled, status: known.status, version: known.version } : known,
        );
      }
    });
    return [...found.values()].sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0)).slice(0, LISTED_MAX);
  }

  private async view(ref: ReservationRef): Promise<ViewedRecords | Problem> {
    try {
      const [viewed] = await viewRecords(this.ledger, ref.sale, [ref.tail]);
      return viewed ?? { now: 0, request: '', hold: '' };
    } catch (error) {
      if (error instanceof Problem && error.code === 'store-unavailable') return error;
      throw error;
    }
  }
}

/** A payment that came late confirms what Redis may remember as expired. */
function isConfirmed({ status }: Reservation): boolean {
  return status === 'confirmed';
}

function read(id: string, saleKey: string, { request, hold, now }: ViewedRecords): Reservation | null {
  if (!request) return null;
  return fromRecords(id, saleKey, unpackRequest(request), hold ? unpackHold(hold) : null, now);
}

/**
 * What Redis keeps of these is a mark; the units, or the order, are in the row. A rejection may be younger than the
 * Redis that forgot what the journal knows: the row wins.
 */
function needsJournal({ status, heldAt }: Reservation): boolean {
  return (
    status === 'rejected' ||
    status === 'checkout' ||
    status === 'confirmed' ||
    (heldAt === null && (status === 'held' || status === 'released' || status === 'expired'))
  );
}
