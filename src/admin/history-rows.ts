import { Injectable } from '@nestjs/common';
import type { HeldLine, Mode } from '../inventory/records.js';
import { Postgres } from '../platform/postgres.js';

export const TRANSITION_KINDS = [
  ...(['held', 'extended', 'checkout', 'confirmed'] as const),
  ...(['released', 'expired', 'cancelled'] as const),
] as const;
export type TransitionKind = (typeof TRANSITION_KINDS)[number];

/** A transition, with what of its reservation and of who brought it about is needed to tell of it. */
export interface HistoryRow {
  /** With `id`, its place in the order of all: a 64-bit number as text. */
  readonly tx: string;
  readonly id: number;
  readonly reservationId: string;
  readonly saleId: string;
  readonly sequence: number;
  readonly kind: TransitionKind;
  readonly at: Date;
  readonly until: Date | null;
  readonly actor: string | null;
  readonly actorName: string | null;
  readonly reason: string | null;
  readonly detail: { linesBefore?: HeldLine[]; heldAs?: string } | null;
  readonly customerId: string | null;
  readonly lines: HeldLine[];
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly paymentReference: string | null;
}

/** Where a reader is in the history. */
export interface HistoryPlace {
  readonly tx: string;
  readonly id: number;
}

/** Whose history is asked for; what is left out restricts nothing. `unit`: the lines that hold it, as the journal writes them. */
export interface HistoryWanted {
  readonly saleId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly reservationId?: string | undefined;
  readonly kind?: TransitionKind | undefined;
  readonly unit?: { ordinal: number; unit: number } | undefined;
}

/** With the joins that they need; `r` is the reservation. */
export const HISTORY_COLUMNS = `t.tx::text, t.id, t.reservation_id AS "reservationId", t.sale_id AS "saleId", t.sequence, t.kind, t.at,
  t.until, t.actor, k.name AS "actorName", t.reason, t.detail, r.customer_id AS "customerId", r.lines, r.mode, o.id AS "orderId",
  o.payment_reference AS "paymentReference"
  FROM transitions t JOIN reservations r ON r.id = t.reservation_id
  LEFT JOIN orders o ON o.reservation_id = t.reservation_id LEFT JOIN api_keys k ON k.id = split_part(t.actor, ':', 2)`;

// Whose lines were replaced by those that a late payment bought keeps the ones before in the history.
const OF_UNIT = `SELECT u.id FROM reservations u WHERE u.sale_id = $1 AND u.lines @> $5::jsonb
  UNION SELECT p.reservation_id FROM orders p JOIN transitions b ON b.reservation_id = p.reservation_id
  WHERE p.sale_id = $1 AND p.held_as IS NOT NULL AND b.detail -> 'linesBefore' @> $5::jsonb`;

/** Reads the history of reservations, which triggers of the journal write. */
@Injectable()
export class HistoryRows {
  constructor(private readonly postgres: Postgres) {}

  /** A page, the newest first. Rows are never changed, and what is written meanwhile stands before the first page. */
  async page(wanted: HistoryWanted, before: HistoryPlace | null, limit: number): Promise<HistoryRow[]> {
    const { saleId, customerId, reservationId, kind, unit } = wanted;
    const lines = unit ? JSON.stringify([{ ordinal: unit.ordinal, units: [unit.unit] }]) : null;
    return this.postgres.query<HistoryRow & Record<string, unknown>>(
      `SELECT ${HISTORY_COLUMNS}
       WHERE ($1::text IS NULL OR t.sale_id = $1) AND ($2::text IS NULL OR r.customer_id = $2)
         AND ($3::text IS NULL OR t.reservation_id = $3) AND ($4::text IS NULL OR t.kind = $4)
         ${unit ? `AND t.reservation_id IN (${OF_UNIT})` : 'AND $5::jsonb IS NULL'}
         AND ($6::text IS NULL OR (t.tx, t.id) < ($6::text::xid8, $7::int8))
       ORDER BY t.tx DESC, t.id DESC LIMIT $8`,
      [
        ...[saleId ?? null, customerId ?? null, reservationId ?? null, kind ?? null],
        ...[lines, before?.tx ?? null, before?.id ?? null, limit],
      ],
    );
  }

  /** All of one reservation, first things first. */
  async ofReservation(id: string): Promise<HistoryRow[]> {
    return this.postgres.query<HistoryRow & Record<string, unknown>>(
      `SELECT ${HISTORY_COLUMNS} WHERE t.reservation_id = $1 ORDER BY t.sequence`,
      [id],
    );
  }
}
