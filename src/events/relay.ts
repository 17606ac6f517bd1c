import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { traceparentsIn } from '../platform/traceparent.js';
import { Tracing } from '../platform/tracing.js';
import { OutboxMetrics } from './outbox-metrics.js';

const FACTS_PER_RUN = 500;

/**
 * At most 250 of one sale, so that a sale whose state is out of reach cannot fill a run. From sale to sale by the index:
 * what a run costs does not depend on how many facts wait behind those that it takes.
 */
const PENDING = `WITH RECURSIVE waiting AS (
    (SELECT sale_id FROM outbox WHERE delivered_at IS NULL ORDER BY sale_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.sale_id FROM outbox o WHERE o.delivered_at IS NULL AND o.sale_id > w.sale_id ORDER BY o.sale_id LIMIT 1)
    FROM waiting w WHERE w.sale_id IS NOT NULL)
  SELECT f.id, f.kind, f.sale_id AS "saleId", f.reservation_id AS "reservationId", f.sequence, f.payload
  FROM waiting w CROSS JOIN LATERAL (SELECT * FROM outbox o
    WHERE o.delivered_at IS NULL AND o.sale_id = w.sale_id AND o.kind = ANY($2) ORDER BY o.id LIMIT 250) f
  ORDER BY f.id LIMIT $1`;

/** A fact of the outbox, as a subscriber gets it. */
export interface DeliverableFact {
  readonly id: number;
  readonly kind: string;
  readonly saleId: string;
  readonly reservationId: string | null;
  readonly sequence: number;
  readonly payload: Record<string, unknown>;
}

/** Whoever wants facts of these kinds. A fact may come again; it comes until `deliver` has resolved for it. */
export interface OutboxSubscriber {
  readonly kinds: readonly string[];
  deliver(saleId: string, facts: readonly DeliverableFact[]): Promise<void>;
}

/** Who is subscribed; the process modules say. Facts of `unheard` kinds are for nobody in this version. */
export class OutboxSubscribers {
  readonly kinds: readonly string[];

  constructor(
    readonly all: readonly OutboxSubscriber[],
    unheard: readonly string[] = [],
  ) {
    this.kinds = [...new Set([...all.flatMap(({ kinds }) => kinds), ...unheard])];
  }
}

/**
 * Delivers the facts of the outbox at least once, in order within a sale. No transaction is open while a subscriber
 * works: a store that hangs must not keep locks in another. Two relays may deliver the same fact; subscribers allow it.
 * A fact of a kind that this version does not know is left to the newer version that wrote it.
 */
@Injectable()
export class Relay {
  constructor(
    private readonly postgres: Postgres,
    private readonly subscribers: OutboxSubscribers,
    private readonly log: Log,
    private readonly metrics: OutboxMetrics,
    private readonly tracing: Tracing,
  ) {}

  /** Delivers at most 500 facts and returns how many went out. */
  async runOnce(): Promise<number> {
    const facts = await this.postgres.query<DeliverableFact>(PENDING, [FACTS_PER_RUN, this.subscribers.kinds]);
    const sales = [...bySale(facts)];
    const outcomes = await Promise.all(sales.map(([saleId, ofSale]) => this.deliverTraced(saleId, ofSale)));
    const delivered = sales.flatMap(([, ofSale], i) => (outcomes[i] === true ? ofSale.map(({ id }) => id) : []));
    if (delivered.length > 0) {
      await crashPoint('relay.mark');
      await this.postgres.query('UPDATE outbox SET delivered_at = now() WHERE id = ANY($1)', [delivered]);
    }
    this.metrics.count(delivered.length);
    return delivered.length;
  }

  /** In the trace of the first fact that has one, linked with all; what only traces need is no part of the fact. */
  private deliverTraced(saleId: string, facts: readonly DeliverableFact[]): Promise<boolean> {
    const links = traceparentsIn(facts.map(({ payload }) => payload['traceparent']));
    const untraced = facts.map((fact) => ({ ...fact, payload: { ...fact.payload, traceparent: undefined } }));
    return this.tracing.span(
      () => ({ name: 'deliver facts', kind: 'consumer', parent: links[0], links: [...new Set(links)] }),
      () => this.deliver(saleId, links.length > 0 ? untraced : facts),
    );
  }

  private async deliver(saleId: string, facts: readonly DeliverableFact[]): Promise<boolean> {
    try {
      for (const subscriber of this.subscribers.all) {
        const wanted = facts.filter(({ kind }) => subscriber.kinds.includes(kind));
        if (wanted.length > 0) await subscriber.deliver(saleId, wanted);
      }
      return true;
    } catch (error) {
      this.log.root.debug({ err: error, saleId }, 'facts are kept for a later run');
      return false;
    }
  }
}

function bySale(facts: readonly DeliverableFact[]): Map<string, DeliverableFact[]> {
  const sales = new Map<string, DeliverableFact[]>();
  for (const fact of facts) {
    const ofSale = sales.get(fact.saleId) ?? [];
    sales.set(fact.saleId, [...ofSale, fact]);
  }
  return sales;
}
