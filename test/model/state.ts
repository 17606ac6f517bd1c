/** The two reservations that want the one unit. */
export const BUYERS = [0, 1] as const;
export type Buyer = (typeof BUYERS)[number];
export type Both<T> = [T, T];

/** A row of the journal. `none`: not journalled (yet). */
export type Row = 'none' | 'held' | 'checkout' | 'confirmed' | 'released' | 'expired';
/** What Redis says of the unit: free, decided and not told, held, pinned, sold. */
export type Unit = 'free' | 'decided' | 'held' | 'checkout' | 'sold';
/** Where the job that decides a request stands. */
type WorkerStep = 'queued' | 'journal' | 'announce' | 'done';
/** Where the storefront that pays for a reservation stands; each step may be cut off and begun again at `pin`. */
type PayerStep = 'away' | 'pin' | 'journal' | 'pay' | 'confirm' | 'refuse' | 'served' | 'refused';
/** A fact of the outbox: committed with the change that it tells of, delivered at least once. */
export type Fact = 'settle' | 'void' | 'restock';

/** What Postgres knows of the unit. `sequences` are those of the journalled holds: the greater one was decided later. */
export interface Books {
  rows: Both<Row>;
  sequences: Both<number>;
  sold: Buyer | null;
  restocked: Both<boolean>;
}

/** Everything that survives a step. One unit, two reservations, one guardian. */
export interface State {
  postgres: Books & { epoch: number; run: number; facts: string[] };
  redis: {
    /** False after its data is gone: scripts find no state. */
    built: boolean;
    run: number;
    epoch: number;
    unit: Unit;
    /** Whose it is while it is decided, held or pinned; of a sold unit Redis knows no owner. */
    owner: Buyer | null;
    /** Holds decided so far; the number of the one that stands. */
    sequence: number;
    /** Reservations that ended here, so that a job that comes again does not hold for them. */
    ended: Both<boolean>;
    /** Restocks that were applied here, so that a settle that comes later takes nothing. */
    restocks: Both<boolean>;
  };
  workers: Both<{ step: WorkerStep; epoch: number; sequence: number; redelivered: boolean }>;
  payers: Both<{ step: PayerStep; epoch: number }>;
  /** The epoch in which Redis has applied a release that Postgres does not know yet; 0: none. */
  releasing: Both<number>;
  /** The rebuild under way: the rows as it has read them. */
  guardian: { read: null | (Books & { epoch: number; run: number }) | 'begun' };
  /** Whether the deadline has passed, by each store's clock: they need not agree. */
  due: { redis: Both<boolean>; postgres: Both<boolean> };
  /** What the outside has been told or has done. */
  told: Both<boolean>;
  paid: Both<'no' | 'yes' | 'refunded'>;
  /** An older Redis, kept to come back. */
  copy: State['redis'] | null;
  faults: { crashes: number; losses: number; regressions: number };
}

export function beginning(): State {
  return {
    postgres: {
      ...{ epoch: 1, run: 1, rows: ['none', 'none'], sequences: [0, 0] },
      ...{ sold: null, restocked: [false, false], facts: [] },
    },
    redis: {
      ...{ built: true, run: 1, epoch: 1, unit: 'free', owner: null, sequence: 0 },
      ...{ ended: [false, false], restocks: [false, false] },
    },
    workers: [
      { step: 'queued', epoch: 0, sequence: 0, redelivered: false },
      { step: 'queued', epoch: 0, sequence: 0, redelivered: false },
    ],
    payers: [
      { step: 'away', epoch: 0 },
      { step: 'away', epoch: 0 },
    ],
    releasing: [0, 0],
    guardian: { read: null },
    due: { redis: [false, false], postgres: [false, false] },
    told: [false, false],
    paid: ['no', 'no'],
    copy: null,
    faults: { crashes: 0, losses: 0, regressions: 0 },
  };
}
