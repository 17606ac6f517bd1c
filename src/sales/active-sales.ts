import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';

/** A sale that needs state in Redis. */
export interface ActiveSale {
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly redis_run_id: string | null;
}

/** Sales that buyers may still do something in: published and not closed, or closed with holds or payments under way. */
@Injectable()
export class ActiveSales {
  constructor(private readonly postgres: Postgres) {}

  async list(): Promise<ActiveSale[]> {
    return this.postgres.query<ActiveSale>(
      `SELECT id, key, epoch, redis_run_id FROM sales s
       WHERE status IN ('scheduled', 'open', 'paused') OR (status = 'closed' AND (closed_at > ledger_now() - interval '1 day'
         OR EXISTS (SELECT 1 FROM reservations r WHERE r.sale_id = s.id AND r.status IN ('held', 'checkout'))))
       ORDER BY id`,
    );
  }

  async find(saleId: string): Promise<ActiveSale | null> {
    const [sale] = await this.postgres.query<ActiveSale>(
      'SELECT id, key, epoch, redis_run_id FROM sales WHERE id = $1',
      [saleId],
    );
    return sale ?? null;
  }
}
