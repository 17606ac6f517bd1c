import type { JournalRow } from '../inventory/journal-row.js';
import type { HeldLine, HoldRecord, Mode, RequestRecord } from '../inventory/records.js';

/**
 * queued: accepted, not decided. held: the units are the customer's until `expiresAt`. checkout: pinned for the payment
 * window. confirmed: ordered. rejected, released, expired: over, and so is confirmed.
 */
export type ReservationStatus = 'queued' | 'held' | 'checkout' | 'confirmed' | 'rejected' | 'released' | 'expired';

export const FINAL_STATUSES: ReadonlySet<ReservationStatus> = new Set(['confirmed', 'rejected', 'released', 'expired']);

/** A reservation as any store tells of it. Times are milliseconds since 1970. */
export interface Reservation {
  readonly id: string;
  readonly saleKey: string;
  readonly customerId: string | null;
  readonly status: ReservationStatus;
  readonly version: number;
  readonly mode: Mode;
  readonly fingerprint: string;
  readonly lines: readonly HeldLine[];
  /** Null only of a request that was lost. */
  readonly queuedAt: number | null;
  readonly heldAt: number | null;
  readonly expiresAt: number | null;
  readonly checkoutExpiresAt: number | null;
  readonly extensions: number;
  readonly orderId: string | null;
  /** Code and figures of the refusal, see lua/fragments/refusals.lua. */
  readonly rejection: string | null;
  readonly metadata: Record<string, unknown> | null;
  /** A store that may know better could not be asked. */
  readonly stale?: boolean;
}

const HOLD_STATUS = { decided: 'queued', held: 'held', checkout: 'checkout' } as const;

/** From the records in Redis at its time `now`. A decided hold reads as queued until it is announced. */
export function fromRecords(
  id: string,
  saleKey: string,
  request: RequestRecord,
  hold: HoldRecord | null,
  now: number,
): Reservation {
  if (!hold || hold.state === 'decided') return fromRequest(id, saleKey, request);
  const overdue = hold.state === 'held' && now >= hold.expiresAt;
  // Every member is written out, here and below: spreading two objects into a third took V8 4 % of a reservation.
  return {
    id,
    saleKey,
    customerId: request.customerId,
    status: overdue ? 'expired' : HOLD_STATUS[hold.state],
    version: overdue ? hold.version + 1 : hold.version,
    mode: request.mode,
    fingerprint: request.fingerprint,
    lines: hold.lines,
    queuedAt: request.queuedAt,
    heldAt: hold.heldAt,
    expiresAt: hold.expiresAt,
    checkoutExpiresAt: hold.checkoutExpiresAt || null,
    extensions: hold.extensions,
    orderId: null,
    rejection: null,
    metadata: request.metadata,
  };
}

function fromRequest(id: string, saleKey: string, request: RequestRecord): Reservation {
  return {
    id,
    saleKey,
    customerId: request.customerId,
    status: request.status,
    version: request.version,
    mode: request.mode,
    fingerprint: request.fingerprint,
    lines: request.lines.map(asWanted),
    queuedAt: request.queuedAt,
    heldAt: null,
    expiresAt: null,
    checkoutExpiresAt: null,
    extensions: 0,
    orderId: null,
    rejection: request.status === 'rejected' ? request.rejection : null,
    metadata: request.metadata,
  };
}

/** A request that was accepted and that no store knows any more: it went with Redis before it was decided. */
export function lostRequest(id: string, saleKey: string, customerId: string | null): Reservation {
  const base = {
    id,
    saleKey,
    customerId,
    mode: 'all',
    fingerprint: '',
    lines: [],
    queuedAt: null,
    ...NO_HOLD,
  } as const;
  return { ...base, status: 'rejected', version: 2, rejection: 'request-lost', orderId: null, metadata: null };
}

const NO_HOLD = { heldAt: null, expiresAt: null, checkoutExpiresAt: null, extensions: 0 } as const;

function asWanted({ ordinal, unitPrice, wanted }: RequestRecord['lines'][number]): HeldLine {
  const named = typeof wanted !== 'number';
  return { ordinal, unitPrice, named, requested: named ? wanted.length : wanted, units: [] };
}

/** From the journal. A held row whose deadline has passed reads as expired, whether or not somebody has written it. */
export function fromRow(row: JournalRow): Reservation {
  return {
    id: row.id,
    saleKey: row.sale_id.slice('sale_'.length),
    customerId: row.customer_id,
    status: row.overdue ? 'expired' : row.status,
    version: row.overdue ? row.version + 1 : row.version,
    mode: row.mode,
    fingerprint: row.fingerprint,
    lines: row.lines,
    queuedAt: row.queued_at.getTime(),
    heldAt: row.held_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    checkoutExpiresAt: row.checkout_expires_at?.getTime() ?? null,
    extensions: row.extensions,
    orderId: row.order_id,
    rejection: null,
    metadata: row.metadata,
  };
}
