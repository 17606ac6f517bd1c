import type { CrashPoint } from '../../src/crash-points.js';
import type { LedgerSale } from '../ledger-sale.js';
import type { ForkedApp } from './forked-app.js';
import type { Stage } from './stage.js';

/** A transition on a sale of its own, about to begin. */
export interface Plot {
  readonly sale: LedgerSale;
  /** The transition as whoever wants it begins it: a client, an operator or a loop. Called again, it is the repeat. */
  act(app: ForkedApp): Promise<unknown>;
  /** What else happens, when the process that acts has come to a point. */
  readonly meanwhile?: Partial<Record<CrashPoint, () => Promise<unknown>>>;
  /** What another process does before somebody repeats. */
  recover?(app: ForkedApp): Promise<unknown>;
  /** What must be so when all is over, besides that the books balance and both stores agree: expectations. */
  end(): Promise<void>;
}

/** One line of the matrix. */
export interface Transition {
  readonly name: string;
  /** The crash points that it passes, in this order, each before the write that it is named after. */
  readonly order: readonly CrashPoint[];
  /** Refusals that a repeat may get, because the effect is there. */
  readonly repeatRefused?: readonly string[];
  /** Another process can take over only when the session that holds a lock is over. */
  readonly holdsLock?: true;
  /** The process that acts does not reach Redis. */
  readonly redisAway?: true;
  /** Where processes are struck; everywhere, unless said otherwise. */
  readonly struckAt?: readonly CrashPoint[];
  /** It comes to the same when Redis loses the sale before anybody repeats. */
  readonly outlivesRedis?: true;
  /** Afterwards Redis has nothing of the sale. */
  readonly leavesRedis?: true;
  /** By what a write to Postgres ends, where it is not as usual. */
  readonly endsWith?: Partial<Record<CrashPoint, string>>;
  begin(stage: Stage): Promise<Plot>;
}
