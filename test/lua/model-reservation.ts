import type { Mode, RequestedLine } from '../../src/inventory/records.js';
import { unitsOf } from './model-sale.js';

export interface ModelHold {
  state: 'decided' | 'held' | 'checkout';
  units: string[];
  heldAt: number;
  expiresAt: number;
  extensions: number;
  sequence: number;
}

/** One reservation: its record and hold in Redis, its row in Postgres. */
export interface ModelReservation {
  readonly id: string;
  readonly customer: string;
  readonly mode: Mode;
  readonly lines: readonly RequestedLine[];
  record: 'queued' | 'rejected' | 'released' | 'expired' | 'confirmed' | null;
  /** When the undecided request is overdue; null: it is not undecided. */
  waitsUntil: number | null;
  queuedAt: number;
  hold: ModelHold | null;
  row: (Omit<ModelHold, 'state'> & { status: 'held' | 'checkout' | 'confirmed' | 'released' | 'expired' }) | null;
  /** The note for the journal of how the hold ended. */
  note: 'expired' | 'released' | null;
  /** The note for the journal that the deadline moved. */
  extended: boolean;
  pinnedAt: number | null;
  settles: boolean;
  /** How its order was cancelled. */
  cancelled: 'restocked' | 'kept' | null;
  /** Its units are not yet back on sale in Redis. */
  restocks: boolean;
  /** What holds its units since its payment came late. */
  heldAs: ModelReservation | null;
}

/** What a reservation begins as, before anybody has heard of it. */
export const NOTHING = {
  ...{ record: null, waitsUntil: null, queuedAt: 0, hold: null, row: null, note: null, extended: false },
  ...{ pinnedAt: null, settles: false, cancelled: null, restocks: false, heldAs: null },
};

/** Units held, pinned or bought. */
export const ownedBy = ({ hold, row, cancelled, restocks, heldAs }: ModelReservation): string[] => {
  if (heldAs) return [];
  return unitsOf(
    hold?.units ?? (row?.status === 'confirmed' && (cancelled !== 'restocked' || restocks) ? row.units : []),
  );
};

export const isNamed = (r: ModelReservation, line: number): boolean => typeof r.lines[line]?.wanted !== 'number';
