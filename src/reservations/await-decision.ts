import { Injectable } from '@nestjs/common';
import { unpackHold, unpackRequest, type RequestRecord } from '../inventory/records.js';
import { parseReservationId } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import { FindReservation } from './find-reservation.js';
import { fromRecords, lostRequest, type Reservation } from './reservation.js';
import { type ReservationChange, ResultChannel } from './result-channel.js';

/** Messages can be lost, so a waiter looks for itself this often. */
const LOOK_MS = 1_000;

export interface Waiting {
  /** The reservation once it is no longer queued, or as it is when the time is up. */
  until(now: Reservation, request: RequestRecord): Promise<Reservation>;
  cancel(): void;
}

/** Waits for decisions and changes: woken by the result channel, and looking at the record itself once a second. */
@Injectable()
export class AwaitDecision {
  constructor(
    private readonly results: ResultChannel,
    private readonly reservations: FindReservation,
  ) {}

  /** Begins to listen, before the request is written down, so that no decision can be missed. */
  begin(id: string, waitMs: number): Waiting {
    const deadline = performance.now() + waitMs;
    let next = this.results.next(id, Math.min(waitMs, LOOK_MS));
    const until = async (now: Reservation, request: RequestRecord): Promise<Reservation> => {
      let latest = now;
      while (waitMs > 0 && latest.status === 'queued') {
        const change = await next.change;
        latest = (change && told(latest, request, change)) ?? (await this.look(latest)) ?? lost(latest);
        const left = deadline - performance.now();
        if (left <= 0 || this.results.draining) break;
        next = this.results.next(id, Math.min(left, LOOK_MS));
      }
      return latest;
    };
    return { until, cancel: () => next.cancel() };
  }

  /** Resolves when the reservation is of another version, or the time is up. */
  async change(now: Reservation, waitMs: number): Promise<Reservation> {
    const deadline = performance.now() + waitMs;
    let latest = now;
    while (latest.version === now.version && latest.status === now.status) {
      const left = deadline - performance.now();
      if (left <= 0 || this.results.draining) break;
      const next = this.results.next(now.id, Math.min(left, LOOK_MS));
      latest = (await this.look(latest)) ?? latest;
      if (latest.version !== now.version) {
        next.cancel();
        break;
      }
      await next.change;
    }
    return latest;
  }

  /** Null where no store knows it any more. A store that cannot be asked now leaves the waiter with what it knew. */
  private async look(known: Reservation): Promise<Reservation | null> {
    const ref = parseReservationId(known.id);
    try {
      return ref && (await this.reservations.find(ref));
    } catch (error) {
      if (error instanceof Problem && error.code === 'store-unavailable') return known;
      throw error;
    }
  }
}

/** It was written down a moment ago: it went with Redis's data. */
function lost({ id, saleKey, customerId }: Reservation): Reservation {
  return lostRequest(id, saleKey, customerId);
}

function told(latest: Reservation, request: RequestRecord, { kind, record }: ReservationChange): Reservation | null {
  if (kind === 'changed') return null;
  if (kind === 'refused') return fromRecords(latest.id, latest.saleKey, unpackRequest(record), null, request.queuedAt);
  return fromRecords(latest.id, latest.saleKey, request, unpackHold(record), request.queuedAt);
}
