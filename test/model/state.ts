/** The two reservations that want the one unit. */
export const BUYERS = [0, 1] as const;
export type Buyer = (typeof BUYERS)[number];
export type Both<T> = [T, T];

/** A row of the journal. `none`: not journalled (yet). */
export type Row = 'none' | 'held' | 'checkout' | 'confirmed' | 'released' | 'expired';
/** What Redis says of the unit: free, decided and not told, held, pinned, sold, out of the stock. */
export type Unit = 'free' | 'decided' | 'held' | 'checkout' | 'sold' | 'withdrawn';
/** Where the job that decides a request stands. */
type WorkerStep = 'queued' | 'journal' | 'announce' | 'done';
/** Where the storefront that pays for a reservation stands; each step may be cut off and begun again at `pin`. */
type PayerStep = 'away' | 'pin' | 'journal' | 'pay' | 'confirm' | 'refuse' | 'served' | 'refused' | LateStep;
/** A payment that is late holds the unit again, as another reservation, whose customer is told of nothing before the order. */
type LateStep = 'hold again' | 'journal again' | 'pin again' | 'journal the pin again' | 'order';
/** A fact of the outbox: committed with the change that it tells of, delivered at least once. */
export type Fact = 'settle' | 'void' | 'restock' | 'settle-again' | 'void-again' | 'restock-again';

/** What Postgres knows of the unit. `sequences` are those of the journalled holds: the greater one was decided later. */
export interface Books {
  rows: Both<Row>;
  sequences: Both<number>;
  sold: Buyer | null;
  restocked: Both<boolean>;
  /** The reservations of late payments. */
  again: Both<Row>;
  /** Whether the later deadline of a hold that was extended is known. */
  prolonged: Both<boolean>;
  /** How many units the stock has, and how often that has changed. */
  capacity: 0 | 1;
  version: number;
}

export type Store = 'redis' | 'postgres';

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
    /** It is held for the owner's late payment, which is a reservation of its own. */
    again: boolean;
    prolonged: Both<boolean>;
    /** The version of the stock that it was supplied with. */
    version: number;
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
  /** The epoch in which Redis has prolonged a hold of which nobody has been told yet; 0: none. */
  extending: Both<number>;
  /** What the operator still has to record: Redis has withdrawn the unit, in this epoch, of the stock of this version. */
  withdrawing: null | { epoch: number; version: number };
  /** A supply that was read from Postgres and not written to Redis yet. */
  supplying: null | { epoch: number; capacity: 0 | 1; version: number };
  changes: number;
  /** The rebuild under way: the rows as it has read them. */
  guardian: { read: null | (Books & { epoch: number; run: number }) | 'begun' };
  /** How many deadlines have passed, the first and the prolonged one, by each store's clock: they need not agree. */
  passed: Record<Store, Both<number>>;
  /** What the outside has been told or has done. */
  told: Both<boolean>;
  /** Who was told of a later deadline. */
  promised: Both<boolean>;
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
      ...{ again: ['none', 'none'], prolonged: [false, false], capacity: 1, version: 1 },
    },
    redis: {
      ...{ built: true, run: 1, epoch: 1, unit: 'free', owner: null, sequence: 0 },
      ...{ ended: [false, false], restocks: [false, false], again: false, prolonged: [false, false], version: 1 },
    },
    workers: [
      { step: 'queued', epoch: 0, sequence: 0, redelivered: false },
      { step: 'queued', epoch: 0, sequence: 0, redelivered: false },
    ],
    payers: [
      { step: 'away', epoch: 0 },
      { step: 'away', epoch: 0 },
    ],
    ...{ releasing: [0, 0], extending: [0, 0], withdrawing: null, supplying: null, changes: 0 },
    guardian: { read: null },
    passed: { redis: [0, 0], postgres: [0, 0] },
    ...{ told: [false, false], promised: [false, false] },
    paid: ['no', 'no'],
    copy: null,
    faults: { crashes: 0, losses: 0, regressions: 0 },
  };
}

/** Whether the deadline that a store knows has passed by its own clock. */
export function isDue(s: State, store: Store, buyer: Buyer): boolean {
  return s.passed[store][buyer] > (s[store].prolonged[buyer] ? 1 : 0);
}

/** Who was told of a deadline that has passed by the clock of the store knows that the hold is over, and nobody else does. */
export function expireTold(s: State, store: Store, buyer: Buyer): void {
  if (s.passed[store][buyer] <= (s.promised[buyer] ? 1 : 0)) return;
  s.told[buyer] = s.promised[buyer] = false;
}
