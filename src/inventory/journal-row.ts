import type { HeldLine, Mode } from './records.js';

export type JournalStatus = 'held' | 'checkout' | 'confirmed' | 'released' | 'expired';

/** A row of `reservations`, as pg returns it. */
export interface JournalRow {
  id: string;
  sale_id: string;
  customer_id: string;
  status: JournalStatus;
  epoch: number;
  version: number;
  hold_sequence: number;
  mode: Mode;
  fingerprint: string;
  lines: HeldLine[];
  total: number;
  metadata: Record<string, unknown> | null;
  extensions: number;
  queued_at: Date;
  held_at: Date;
  expires_at: Date;
  checkout_expires_at: Date | null;
  /** True when a held row's deadline has passed by Postgres's clock. */
  overdue: boolean;
  order_id: string | null;
}

export const JOURNAL_COLUMNS = `r.id, r.sale_id, r.customer_id, r.status, r.epoch, r.version, r.hold_sequence, r.mode,
  r.fingerprint, r.lines, r.total, r.metadata, r.extensions, r.queued_at, r.held_at, r.expires_at, r.checkout_expires_at,
  r.status = 'held' AND r.expires_at <= ledger_now() AS overdue,
  (SELECT o.id FROM orders o WHERE o.reservation_id = r.id) AS order_id`;
