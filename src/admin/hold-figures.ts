import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres.js';
import { FreshCopies } from '../sales/fresh-copies.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { type HoldFigures, HISTOGRAM_STEPS } from './stats.dto.js';

const AGE_MS_MIN = 1_000;
const AGE_MS_MAX = 30_000;
/** A read that took so many ms is kept twenty times as long: looking costs Postgres at most a twentieth of one core. */
const REST = 20;
const COPIES_MAX = 50;
const TOP_HOLDERS = 10;
/** Widths of a step that a person can read; the one is taken with which all steps together reach past the hold's TTL. */
const STEP_SECONDS = [5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

// Bucket 0 of an expiry is what is due already, that of an age cannot be; STEPS + 1 is all that is farther away.
const LIVE = `
  WITH live AS MATERIALIZED (
    SELECT r.customer_id, r.status = 'checkout' AS pinned,
      jsonb_array_length(jsonb_path_query_array(r.lines, '$[*].units[*]')) AS units,
      width_bucket(extract(epoch FROM ledger_now() - r.held_at)::float8, 0, $2::float8 * $3::int, $3::int) AS age,
      width_bucket(extract(epoch FROM (CASE WHEN r.status = 'held' THEN r.expires_at ELSE r.checkout_expires_at END)
        - ledger_now())::float8, 0, $2::float8 * $3::int, $3::int) AS due
    FROM reservations r
    WHERE r.sale_id = $1 AND (r.status = 'checkout' OR (r.status = 'held' AND r.expires_at > ledger_now())))
  SELECT count(*) AS live, coalesce(sum(units), 0)::int AS units,
    (SELECT json_agg(t) FROM (SELECT greatest(1, age) AS step, count(*) AS holds, sum(units) AS units FROM live GROUP BY 1) t) AS ages,
    (SELECT json_agg(t) FROM (SELECT greatest(1, due) AS step, count(*) FILTER (WHERE NOT pinned) AS holds,
        coalesce(sum(units) FILTER (WHERE NOT pinned), 0) AS units, count(*) FILTER (WHERE pinned) AS checkouts,
        coalesce(sum(units) FILTER (WHERE pinned), 0) AS "checkoutUnits" FROM live GROUP BY 1) t) AS dues,
    (SELECT json_agg(t) FROM (SELECT customer_id AS "customerId", count(*) AS holds, sum(units) AS units FROM live
        GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1 LIMIT ${TOP_HOLDERS}) t) AS top
  FROM live`;

// A late payment has a second reservation, and one order: so orders are counted, not confirmed reservations.
const OUTCOMES = `
  SELECT (SELECT count(*) FROM orders o WHERE o.sale_id = $1) AS ordered,
    (SELECT count(*) FROM orders o WHERE o.sale_id = $1 AND o.status = 'cancelled') AS cancelled,
    (SELECT count(*) FROM reservations r WHERE r.sale_id = $1 AND r.status = 'released') AS released,
    (SELECT count(*) FROM reservations r WHERE r.sale_id = $1 AND r.status = 'expired') AS expired`;

interface LiveRow {
  live: number;
  units: number;
  ages: { step: number; holds: number; units: number }[] | null;
  dues: { step: number; holds: number; units: number; checkouts: number; checkoutUnits: number }[] | null;
  top: HoldFigures['topHolders'] | null;
}
type OutcomeRow = Record<'ordered' | 'cancelled' | 'released' | 'expired', number>;

/** How old the holds of a sale are, when they end, who has most of them, and what became of those before: from Postgres. */
@Injectable()
export class ReadHoldFigures {
  private readonly copies = new FreshCopies<HoldFigures>(
    (tookMs) => Math.min(AGE_MS_MAX, Math.max(AGE_MS_MIN, tookMs * REST)),
    COPIES_MAX,
  );

  constructor(private readonly postgres: Postgres) {}

  /** At most 1 s old; of a very large sale at most 30 s, and `asOf` tells. */
  read(sale: CatalogSale): Promise<HoldFigures> {
    return this.copies.read(sale.id, () => this.readNow(sale));
  }

  private async readNow({ id, holdTtlSeconds }: CatalogSale): Promise<HoldFigures> {
    const stepSeconds = STEP_SECONDS.find((step) => step * HISTOGRAM_STEPS > holdTtlSeconds) ?? 7_200;
    const asOf = new Date(performance.timeOrigin + performance.now()).toISOString();
    const [[live], [outcomes]] = await Promise.all([
      this.postgres.query<LiveRow>(LIVE, [id, stepSeconds, HISTOGRAM_STEPS]),
      this.postgres.query<OutcomeRow>(OUTCOMES, [id]),
    ]);
    const { ordered = 0, cancelled = 0, released = 0, expired = 0 } = outcomes ?? {};
    const over = ordered + released + expired;
    return {
      ...{ asOf, live: live?.live ?? 0, liveUnits: live?.units ?? 0, stepSeconds },
      ageHistogram: steps(stepSeconds, live?.ages ?? [], { holds: 0, units: 0 }),
      expiryForecast: steps(stepSeconds, live?.dues ?? [], { holds: 0, units: 0, checkouts: 0, checkoutUnits: 0 }),
      topHolders: live?.top ?? [],
      outcomes: { ordered, cancelled, released, expired, holdToOrderRatio: over === 0 ? null : ordered / over },
    };
  }
}

/** Every step, also those that nothing falls into, so that a chart needs no filling in. */
function steps<T extends object>(
  stepSeconds: number,
  found: readonly (T & { step: number })[],
  none: T,
): (T & { fromSeconds: number; toSeconds: number | null })[] {
  return Array.from({ length: HISTOGRAM_STEPS + 1 }, (_, i) => {
    const { step: _step, ...figures } = found.find(({ step }) => step === i + 1) ?? { step: i + 1, ...none };
    const toSeconds = i === HISTOGRAM_STEPS ? null : (i + 1) * stepSeconds;
    return { ...(figures as unknown as T), fromSeconds: i * stepSeconds, toSeconds };
  });
}
