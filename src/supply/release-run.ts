import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { ReleaseSchedule } from './release-schedule.js';
import { dueSkus } from './release-table.js';

/** Lets out withheld units whose time has come. */
@Injectable()
export class ReleaseRun {
  constructor(
    private readonly postgres: Postgres,
    private readonly schedule: ReleaseSchedule,
  ) {}

  /** Returns how many units went on sale. Several processes may run it: each release is made by one of them. */
  async runOnce(): Promise<number> {
    let released = 0;
    for (const sku of await dueSkus(this.postgres.pool)) {
      released += await this.schedule.release(sku).catch(noneWhenGone);
    }
    return released;
  }
}

function noneWhenGone(error: unknown): number {
  // Closed or taken away between the look and the lock, or locked by somebody who takes long: the next run looks again.
  if (error instanceof Problem && error.code !== 'internal') return 0;
  throw error;
}
