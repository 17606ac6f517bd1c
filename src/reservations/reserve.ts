import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Accepted } from '../inventory/accept.js';
import { unpackHold, unpackRequest, type RequestRecord } from '../inventory/records.js';
import { parseReservationId, reservationId } from '../inventory/reservation-ref.js';
import { Problem } from '../problems.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { AwaitDecision } from './await-decision.js';
import { Door } from './door.js';
import { FindReservation } from './find-reservation.js';
import { Intake } from './intake.js';
import { fromRecords, type Reservation } from './reservation.js';
import { ReservationIds } from './reservation-ids.js';
import type { ReserveBody } from './reserve.dto.js';
import { resolveLines } from './resolve-lines.js';

export interface ReserveRequest {
  readonly sale: CatalogSale;
  readonly customerId: string;
  readonly body: ReserveBody;
  readonly idempotencyKey: string | null;
  readonly waitMs: number;
  readonly requestId: string;
}

/** `repeat`: the same key and body were here before. */
export interface Reserved {
  readonly reservation: Reservation;
  readonly idempotencyKey: string;
  readonly repeat: boolean;
}

/** Takes a reserve request: checks it, writes it down, has it queued, and waits for the decision as long as asked. */
@Injectable()
export class Reserve {
  constructor(
    private readonly ids: ReservationIds,
    private readonly door: Door,
    private readonly intake: Intake,
    private readonly decisions: AwaitDecision,
    private readonly reservations: FindReservation,
  ) {}

  async reserve({ sale, customerId, body, idempotencyKey, waitMs, requestId }: ReserveRequest): Promise<Reserved> {
    const lines = resolveLines(body, sale);
    if (idempotencyKey === null) await this.door.check(sale, lines);
    const key = idempotencyKey ?? this.ids.newKey();
    const tail = this.ids.tailFor(sale.key, customerId, key);
    const id = reservationId(sale, tail);
    const mode = body.mode ?? 'all';
    const metadata = body.metadata ?? null;
    const fingerprint = fingerprintOf([mode, fingerprintLines(body), metadata]);
    const waiting = this.decisions.begin(id, waitMs);
    try {
      const accepted = await this.intake.accept(sale, {
        tail,
        customerId,
        mode,
        fingerprint,
        lines,
        requestId,
        metadata,
      });
      const repeat = accepted.kind === 'known';
      const request = requestOf(accepted, { customerId, mode, fingerprint, lines, requestId, metadata });
      refuseOtherBody(request.fingerprint, fingerprint);
      const now = knownReservation(id, sale.key, accepted, request);
      const reservation = await this.latest(id, now, await waiting.until(now, request));
      // After a loss of Redis only the journal remembers the key: the row that answered may be of another body.
      refuseOtherBody(reservation.fingerprint, fingerprint);
      // A row older than this request's record: the key is older than the Redis that forgot it.
      const older = reservation.queuedAt !== null && reservation.queuedAt < request.queuedAt;
      return { reservation, idempotencyKey: key, repeat: repeat || older };
    } finally {
      waiting.cancel();
    }
  }

  /** What became of a known request after its decision stands in whichever store has the last word. */
  private async latest(id: string, known: Reservation, awaited: Reservation): Promise<Reservation> {
    const ref = parseReservationId(id);
    if (known.status === 'queued' || !ref) return awaited;
    return (await this.reservations.find(ref)) ?? awaited;
  }
}

type Asked = Pick<RequestRecord, 'customerId' | 'mode' | 'fingerprint' | 'lines' | 'requestId' | 'metadata'>;

function requestOf(accepted: Accepted, asked: Asked): RequestRecord {
  if (accepted.kind === 'known') return unpackRequest(accepted.request);
  return { ...asked, status: 'queued', version: 1, rejection: '-', queuedAt: accepted.queuedAt };
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
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
