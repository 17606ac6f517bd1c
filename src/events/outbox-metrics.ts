import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import { Postgres } from '../platform/postgres.js';

/** Beyond this many it does not matter how many more; counting them would cost what delivering them needs. The age is then one of these. */
const COUNTED_MAX = 100_000;

const PENDING = `SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS age
  FROM (SELECT created_at FROM outbox WHERE delivered_at IS NULL LIMIT $1) AS undelivered`;

/** How far the relay is behind the facts that Postgres has. */
@Injectable()
export class OutboxMetrics {
  private readonly delivered;

  constructor(postgres: Postgres, metrics: Metrics) {
    this.delivered = metrics.counter('holdfast_outbox_delivered_total', 'Facts delivered by the relay here.');
    const pending = metrics.gauge('holdfast_outbox_pending', 'Facts that are not delivered yet, 100,000 at most.');
    const age = metrics.gauge('holdfast_outbox_oldest_age_seconds', 'Age of the oldest undelivered fact; 0 for none.');
    const read = async (): Promise<void> => {
      const [row] = await postgres.query<{ pending: number; age: number }>(PENDING, [COUNTED_MAX]);
      pending.set(row?.pending ?? 0);
      age.set(Math.max(0, row?.age ?? 0));
    };
    metrics.readAtScrape('outbox', read, () => {
      pending.remove();
      age.remove();
    });
  }

  count(delivered: number): void {
    this.delivered.inc(delivered);
  }
}
