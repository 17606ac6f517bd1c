import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Accepted } from '../inventory/accept.js';
import { unpackHold, unpackRequest, type RequestRecord } from '../inventory/records.js';
import { type ReservationRef, reservationId } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { AwaitDecision } from './await-decision.js';
import { Backlog } from './backlog.js';
import { Door } from './door.js';
import { FindReservation } from './find-reservation.js';
import { Intake } from './intake.js';
import { problemOfRejection } from './rejection.js';
import { fromRecords, lostRequest, type Reservation } from './reservation.js';
import { ReservationIds } from './reservation-ids.js';
import type { ReserveBody } from './reserve.dto.js';
import { resolveLines } from './resolve-lines.js';

export interface ReserveRequest {
  readonly sale: CatalogSale;
  readonly customerId: string;
  readonly body: ReserveBody;
  readonly idempotencyKey: string;
  /** The caller gave the key; a request without one is new for certain. */
  readonly keyed: boolean;
  readonly waitMs: number;
  readonly requestId: string;
}

/** `repeat`: the same key and body were here before. */
export interface Reserved {
  readonly reservation: Reservation;
  readonly repeat: boolean;
}

/** Takes a reserve request: checks it, writes it down, has it queued, and waits for the decision as long as asked. */
@Injectable()
export class Reserve {
  constructor(
    private readonly ids: ReservationIds,
    private readonly backlog: Backlog,
    private readonly door: Door,
    private readonly intake: Intake,
    private readonly decisions: AwaitDecision,
    private readonly reservations: FindReservation,
  ) {}

  async reserve(asked: ReserveRequest): Promise<Reserved> {
    const { sale, customerId, body, idempotencyKey, keyed, waitMs, requestId } = asked;
    const lines = resolveLines(body, sale);
    this.backlog.check(sale);
    if (!keyed) await this.door.check(sale, lines);
    const tail = this.ids.tailFor(sale.key, customerId, idempotencyKey);
    const id = reservationId(sale, tail);
    const mode = body.mode ?? 'all';
    const metadata = body.metadata ?? null;
    const fingerprint = fingerprintOf([mode, fingerprintLines(body), metadata]);
    const command = { tail, customerId, mode, fingerprint, lines, requestId, metadata, keyed };
    const waiting = this.decisions.begin(id, waitMs);
    try {
      const accepted = await this.intake.accept(sale, command);
      if (accepted.kind === 'journalled') return await this.journalled({ id, sale, tail }, fingerprint);
      if (accepted.kind === 'retired') throw problemOfRejection('sale-closed', sale, null);
      const request = requestOf(accepted, command);
      refuseOtherBody(request.fingerprint, fingerprint);
      const now = knownReservation(id, sale.key, accepted, request);
      const reservation = await this.latest({ id, sale, tail }, now, await waiting.until(now, request));
      return { reservation, repeat: accepted.kind === 'known' };
    } finally {
      waiting.cancel();
    }
  }

  /** The key is older than the Redis that forgot it. */
  private async journalled(ref: ReservationRef, fingerprint: string): Promise<Reserved> {
    const reservation = (await this.reservations.find(ref)) ?? lostRequest(ref.id, ref.sale.key, null);
    refuseOtherBody(reservation.fingerprint, fingerprint);
    return { reservation, repeat: true };
  }

  /** What became of a known request after its decision stands in whichever store has the last word. */
  private async latest(ref: ReservationRef, known: Reservation, awaited: Reservation): Promise<Reservation> {
    if (known.status === 'queued') return awaited;
    return (await this.reservations.find(ref)) ?? awaited;
  }
}

type Asked = Pick<RequestRecord, 'customerId' | 'mode' | 'fingerprint' | 'lines' | 'requestId' | 'metadata'>;

function requestOf(accepted: Accepted, asked: Asked): RequestRecord {
  if (accepted.kind === 'known') return unpackRequest(accepted.request);
  // Written out: a spread of this many members takes V8's slow path, 1.5 % of a reservation's processor time.
  const { customerId, mode, fingerprint, lines, requestId, metadata } = asked;
  const { queuedAt } = accepted;
  return {
    status: 'queued',
    version: 1,
    rejection: '-',
    customerId,
    mode,
    fingerprint,
    queuedAt,
    lines,
    requestId,
    metadata,
  };
}

function knownReservation(id: string, saleKey: string, accepted: Accepted, request: RequestRecord): Reservation {
  const hold = accepted.kind === 'known' && accepted.hold !== '' ? unpackHold(accepted.hold) : null;
  return fromRecords(id, saleKey, request, hold, request.queuedAt);
}

function refuseOtherBody(stored: string, sent: string): void {
  if (stored === sent || stored === '') return;
  throw new Problem(
    'idempotency-key-reused',
    'This Idempotency-Key was used with another body; use a new key for a new request.',
  );
}

/** What the caller asked for, in the caller's own words: prices and numbers may change between repeats. */
function fingerprintLines(body: ReserveBody): unknown {
  return body.lines.map(({ skuId, quantity, units }) => [skuId, quantity ?? null, units ?? null]);
}

function fingerprintOf(parts: unknown): string {
  // In one shot: half of what `createHash`, which makes an object of each call, takes.
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);
}
