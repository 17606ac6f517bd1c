import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';

const FACTS_PER_RUN = 500;

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

/** Who is subscribed; the process modules say. */
export class OutboxSubscribers {
  constructor(readonly all: readonly OutboxSubscriber[]) {}
}

/**
 * Delivers the facts of the outbox at least once, in order within a sale. Several relays share the work: each takes
 * rows that no other holds. A fact that nobody subscribes to is delivered by being read.
 */
@Injectable()
export class Relay {
  constructor(
    private readonly postgres: Postgres,
    private readonly subscribers: OutboxSubscribers,
    private readonly log: Log,
  ) {}

  /** Delivers at most 500 facts and returns how many went out. */
  async runOnce(): Promise<number> {
    return this.postgres.transaction(async (client) => {
      const facts = await take(client);
      const delivered: number[] = [];
      for (const [saleId, ofSale] of bySale(facts)) {
        if (await this.deliver(saleId, ofSale)) delivered.push(...ofSale.map(({ id }) => id));
      }
      if (delivered.length > 0)
        await client.query('UPDATE outbox SET delivered_at = now() WHERE id = ANY($1)', [delivered]);
      return delivered.length;
    });
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

async function take(client: pg.PoolClient): Promise<DeliverableFact[]> {
  const { rows } = await client.query<DeliverableFact>({
    name: 'relay-take',
    text: `SELECT id, kind, sale_id AS "saleId", reservation_id AS "reservationId", sequence, payload FROM outbox
           WHERE delivered_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    values: [FACTS_PER_RUN],
  });
  return rows;
}

function bySale(facts: readonly DeliverableFact[]): Map<string, DeliverableFact[]> {
  const sales = new Map<string, DeliverableFact[]>();
  for (const fact of facts) {
    const ofSale = sales.get(fact.saleId) ?? [];
    sales.set(fact.saleId, [...ofSale, fact]);
  }
  return sales;
}
