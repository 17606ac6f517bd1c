import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';

/** A sale that needs state in Redis. */
export interface ActiveSale {
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly revision: number;
  readonly layout: number;
  readonly redis_run_id: string | null;
}

/** Sales that buyers may still do something in: published and not closed, or closed with holds or payments under way. */
@Injectable()
export class ActiveSales {
  constructor(private readonly postgres: Postgres) {}

  /** All of them, and of `others` (ids that somebody asks for) those that were ever published. */
  async list(others: readonly string[] = []): Promise<ActiveSale[]> {
    return this.postgres.query<ActiveSale>(
      `SELECT id, key, epoch, revision, layout, redis_run_id FROM sales s
       WHERE status IN ('scheduled', 'open', 'paused') OR (status = 'closed' AND (closed_at > ledger_now() - interval '1 day'
         OR id = ANY($1) OR EXISTS (SELECT 1 FROM reservations r WHERE r.sale_id = s.id AND r.status IN ('held', 'checkout'))))
       ORDER BY id`,
      [others],
    );
  }
}
