import { Injectable } from '@nestjs/common';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { whileLocked } from '../platform/session-lock.js';
import { DropLeftovers } from './drop-leftovers.js';
import { ForgetRequests } from './forget-requests.js';
import { ForgetRows } from './forget-rows.js';
import { RetireSales } from './retire-sales.js';

/** What one run removed, by kind. */
export interface Forgotten {
  requests: number;
  facts: number;
  reservations: number;
  sales: number;
  leftoverKeys: number;
}

const FORGETTING_LOCK = `hashtextextended('holdfast: forgetting', 0)`;

/** Removes what is older than the policy keeps it. Orders, sold units, payment outcomes and the audit log are kept. */
@Injectable()
export class Forget {
  constructor(
    private readonly postgres: Postgres,
    private readonly requests: ForgetRequests,
    private readonly rows: ForgetRows,
    private readonly retiring: RetireSales,
    private readonly leftovers: DropLeftovers,
    private readonly log: Log,
  ) {}

  /** One bounded run; null when another process is at it. A part that fails is told after the others had their turn. */
  async runOnce(): Promise<Forgotten | null> {
    const failed: unknown[] = [];
    const part = async (run: () => Promise<number>): Promise<number> =>
      run().catch((error: unknown) => {
        failed.push(error);
        return 0;
      });
    const rest = await whileLocked(this.postgres, FORGETTING_LOCK, async () => ({
      requests: await part(() => this.requests.runOnce()),
      facts: await part(() => this.rows.facts()),
      reservations: await part(() => this.rows.reservations()),
      leftoverKeys: await part(() => this.leftovers.runOnce()),
    }));
    if (!rest) return null;
    // It has a lock a sale, and within the other one it would need a third connection.
    const forgotten = { ...rest, sales: await part(() => this.retiring.runOnce()) };
    if (Object.values(forgotten).some((count) => count > 0)) this.log.root.info(forgotten, 'forgotten by age');
    if (failed.length > 0) throw new AggregateError(failed, 'some of what is too old could not be forgotten');
    return forgotten;
  }
}
