import { Injectable } from '@nestjs/common';
import { CustomerRequests } from '../inventory/customer-requests.js';
import { SaleRetired } from '../inventory/epochs.js';
import { Journal } from '../inventory/journal.js';
import type { JournalRow } from '../inventory/journal-row.js';
import { Ledger } from '../inventory/ledger.js';
import { unpackHold, unpackRequest } from '../inventory/records.js';
import { type ReservationRef, reservationId } from '../inventory/reservation-ref.js';
import type { SaleRef } from '../inventory/sale-keys.js';
import { ReadTogether } from '../inventory/read-together.js';
import { viewRecords, type ViewedRecords } from '../inventory/view.js';
import { isOutage, Postgres, postgresUnavailable } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { fromRecords, fromRow, type Reservation } from './reservation.js';

const LISTED_MAX = 100;

/** Reads reservations from whichever store has the last word on them. */
@Injectable()
export class FindReservation {
  constructor(
    private readonly ledger: Ledger,
    private readonly journal: Journal,
    private readonly reads: ReadTogether,
    private readonly customers: CustomerRequests,
    private readonly postgres: Postgres,
  ) {}

  /**
   * The reservation as it is now, or null when neither store knows it. Redis tells of what is queued, held and
   * rejected; from the pin on Postgres does. While one of them is out of reach the other one answers, marked `stale`.
   * Throws store-unavailable when it cannot know.
   */
  async find(ref: ReservationRef): Promise<Reservation | null> {
    const viewed = await this.view(ref);
    if (viewed instanceof Problem) {
      const row = await this.reads.row(ref.id);
      if (!row && !(viewed instanceof SaleRetired)) throw viewed;
      return row && { ...fromRow(row), stale: !(viewed instanceof SaleRetired) };
    }
    const known = read(ref.id, ref.sale.key, viewed);
    if (known && !needsJournal(known)) return { ...known, stale: !this.postgres.isUp() };
    const row = await this.reads.row(ref.id).catch((error: unknown) => {
      if (!known || isMark(known) || !isOutage(error)) throw error;
      return 'away' as const;
    });
    if (row === 'away') return known && { ...known, stale: true };
    // A record that says held without a hold or a row was never journalled: what it asked for went with Redis.
    if (!row) return known?.status === 'held' ? null : known;
    return newerOf(fromRow(row), known);
  }

  /** A customer's reservations in a sale, newest first, at most 100; `stale` when only one store could be asked. */
  async ofCustomer(sale: SaleRef, customerId: string): Promise<{ found: Reservation[]; stale: boolean }> {
    const found = new Map<string, Reservation>();
    const [journalled, viewed] = await Promise.all([
      this.journalledOf(sale, customerId),
      this.viewedOf(sale, customerId),
    ]);
    if (journalled === null && viewed === null) throw postgresUnavailable();
    const stale = journalled === null || viewed === null;
    for (const row of journalled ?? []) found.set(row.id, fromRow(row));
    for (const known of viewed ?? []) {
      const { id } = known;
      const row = found.get(id);
      if (isMark(known) && known.status === 'held') continue;
      if (!row || (!isConfirmed(row) && known.version > row.version))
        found.set(id, row && needsJournal(known) ? newerOf(row, known) : known);
    }
    const newest = [...found.values()].sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0)).slice(0, LISTED_MAX);
    return { found: newest.map((reservation) => ({ ...reservation, stale })), stale };
  }

  /** Null while Postgres is out of reach. */
  private async journalledOf(sale: SaleRef, customerId: string): Promise<JournalRow[] | null> {
    try {
      return await this.journal.ofCustomer(sale.id, customerId, LISTED_MAX);
    } catch (error) {
      if (isOutage(error)) return null;
      throw error;
    }
  }

  /** What Redis has of a customer's requests; null while it is out of reach. */
  private async viewedOf(sale: SaleRef, customerId: string): Promise<Reservation[] | null> {
    try {
      const tails = await this.customers.tails(sale, customerId);
      const records = tails.length > 0 ? await viewRecords(this.ledger, sale, tails) : [];
      return records.flatMap((viewed, i) => read(reservationId(sale, tails[i] ?? ''), sale.key, viewed) ?? []);
    } catch (error) {
      if (error instanceof SaleRetired) return [];
      if (error instanceof Problem && error.code === 'store-unavailable') return null;
      throw error;
    }
  }

  private async view(ref: ReservationRef): Promise<ViewedRecords | Problem> {
    try {
      return await this.reads.view(ref);
    } catch (error) {
      if (error instanceof Problem && error.code === 'store-unavailable') return error;
      throw error;
    }
  }
}

/**
 * An expiry or release may reach Postgres after Redis: then Redis is ahead. It never is of a confirmation, and a rejection
 * may be younger than the Redis that forgot what the journal knows.
 */
function newerOf(row: Reservation, known: Reservation | null): Reservation {
  if (!known || known.status === 'rejected' || isConfirmed(row) || row.version >= known.version) return row;
  return { ...row, status: known.status, version: known.version };
}

/** The hold itself is gone from Redis: what became of it is in the row. */
function isMark({ status, heldAt }: Reservation): boolean {
  return status === 'held' && heldAt === null;
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
