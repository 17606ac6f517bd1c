import type pg from 'pg';
import { traceparentHere } from '../platform/tracing.js';

/** A fact that the relay delivers at least once after the change it tells of is committed. */
export interface OutboxFact {
  kind: string;
  saleId: string;
  reservationId?: string;
  /** The reservation's version, or the sale's revision, after the change: receivers put facts in order by it. */
  sequence: number;
  payload: unknown;
}

const INSERT = `
  INSERT INTO outbox (kind, sale_id, reservation_id, sequence, payload)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::jsonb[])`;

/**
 * Writes the facts of a change in the transaction of the change, in the order given, with one statement.
 * This is the only file that inserts into the outbox; a fact that is written is delivered, one that is rolled back
 * never was.
 */
export async function appendToOutbox(client: pg.PoolClient, facts: readonly OutboxFact[]): Promise<void> {
  if (facts.length === 0) return;
  await client.query({
    name: 'outbox-append',
    text: INSERT,
    values: [
      facts.map((fact) => fact.kind),
      facts.map((fact) => fact.saleId),
      facts.map((fact) => fact.reservationId ?? null),
      facts.map((fact) => fact.sequence),
      facts.map((fact) => JSON.stringify(withTrace(fact.payload))),
    ],
  });
}

/** The relay goes on in the trace that wrote the fact, and takes this out again before it delivers. */
function withTrace(payload: unknown): unknown {
  const traceparent = traceparentHere();
  return traceparent === undefined || typeof payload !== 'object' ? payload : { ...payload, traceparent };
}
