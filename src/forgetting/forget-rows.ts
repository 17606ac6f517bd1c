import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Postgres } from '../platform/postgres.js';

const ROWS_PER_BATCH = 500;
const BATCHES_PER_RUN = 40;

// In the order of ids, which is that of time: so it stops at the first young fact, and needs no index of its own.
const FORGET_FACTS = `
  WITH page AS (SELECT id, created_at, delivered_at FROM outbox WHERE id > $1 ORDER BY id LIMIT $2),
    due AS (SELECT o.id FROM outbox o JOIN page USING (id)
            WHERE page.delivered_at <= ledger_now() - make_interval(days => $3) FOR UPDATE OF o SKIP LOCKED),
    gone AS (DELETE FROM outbox o USING due WHERE o.id = due.id RETURNING 1)
  SELECT max(id) AS last, coalesce(bool_and(created_at <= ledger_now() - make_interval(days => $3)), false) AS old,
    (SELECT count(*) FROM gone) AS forgotten FROM page`;

// What was paid for, or was refused a payment, is kept for good; a sale that Redis still answers for is not touched.
const FORGET_RESERVATIONS = `
  DELETE FROM reservations WHERE id IN (
    SELECT r.id FROM sales s JOIN reservations r ON r.sale_id = s.id AND r.status IN ('released', 'expired')
    WHERE s.retired_at IS NOT NULL AND s.closed_at <= ledger_now() - make_interval(days => $1)
      AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.reservation_id = r.id)
      AND NOT EXISTS (SELECT 1 FROM sold_units u WHERE u.reservation_id = r.id)
      AND NOT EXISTS (SELECT 1 FROM payment_outcomes p WHERE p.reservation_id = r.id)
    LIMIT $2 FOR UPDATE OF r SKIP LOCKED)
  RETURNING 1`;

/** Removes rows from Postgres that are older than the policy keeps them; workers that do so together share the work. */
@Injectable()
export class ForgetRows {
  constructor(
    private readonly postgres: Postgres,
    private readonly config: Config,
  ) {}

  /** Facts of the outbox that were delivered long ago: at most 20,000 are looked at. Returns how many it removed. */
  async facts(): Promise<number> {
    let [last, forgotten] = [0, 0];
    for (let batch = 0; batch < BATCHES_PER_RUN; batch++) {
      const values = [last, ROWS_PER_BATCH, this.config.eventRetentionDays];
      const [page] = await this.postgres.query<{ last: number | null; old: boolean; forgotten: number }>(
        FORGET_FACTS,
        values,
      );
      forgotten += page?.forgotten ?? 0;
      if (!page?.old || page.last === null) break;
      last = page.last;
    }
    return forgotten;
  }

  /** Released and expired reservations of sales that closed long ago: at most 20,000. Returns how many it removed. */
  async reservations(): Promise<number> {
    let forgotten = 0;
    for (let batch = 0; batch < BATCHES_PER_RUN; batch++) {
      const values = [this.config.reservationRetentionDays, ROWS_PER_BATCH];
      const gone = await this.postgres.query(FORGET_RESERVATIONS, values);
      forgotten += gone.length;
      if (gone.length < ROWS_PER_BATCH) break;
    }
    return forgotten;
  }
}
