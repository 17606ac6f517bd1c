import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { type AuditEntry, appendToAudit } from '../events/audit-log.js';
import { Postgres } from '../platform/postgres.js';

const ROWS_PER_BATCH = 500;
const FACTS_PER_BATCH = 5_000;

/** By sale, because that is how the rows are indexed. */
export const OF_CUSTOMER = 'sales s JOIN reservations r ON r.sale_id = s.id AND r.customer_id = $1';

/** Undecided for Redis is no row yet; these are its counterpart: what a row says is still under way. */
const BLOCKING = `
  SELECT r.id FROM ${OF_CUSTOMER} WHERE r.status IN ('held', 'checkout')
  UNION SELECT r.id FROM outbox o JOIN reservations r ON r.id = o.reservation_id
  WHERE o.delivered_at IS NULL AND r.customer_id = $1 ORDER BY id`;

// A reason may be in the customer's own words; the words of the system stay.
const ERASE = `UPDATE reservations SET customer_id = $2, metadata = NULL, fingerprint = 'erased',
    end_reason = CASE WHEN status = 'released' AND end_reason IS DISTINCT FROM 'rebuild' THEN 'released' ELSE end_reason END
  WHERE id = ANY($1)`;

// The history names no customer, but a reason to release may be in the customer's own words.
const ERASE_REASONS = `UPDATE transitions SET reason = NULL
  WHERE reservation_id = ANY($1) AND kind = 'released' AND reason IS NOT NULL AND reason <> 'rebuild'`;

export interface CustomerNames {
  readonly customerId: string;
  readonly pseudonym: string;
}

export interface RowCounts {
  readonly reservations: number;
  readonly orders: number;
}

/** What Postgres has of a customer. Reservations, orders, units and sums stay; whose they were goes. */
@Injectable()
export class CustomerRows {
  constructor(private readonly postgres: Postgres) {}

  async count(name: string): Promise<RowCounts> {
    const [row] = await this.postgres.query<{ reservations: number; orders: number }>(
      `SELECT (SELECT count(*) FROM ${OF_CUSTOMER}) AS reservations,
         (SELECT count(*) FROM orders o WHERE o.customer_id = $1) AS orders`,
      [name],
    );
    return row ?? { reservations: 0, orders: 0 };
  }

  /** Reservations that are held, in payment, or whose end is not delivered yet. */
  async blocking(customerId: string): Promise<string[]> {
    return (await this.postgres.query<{ id: string }>(BLOCKING, [customerId])).map(({ id }) => id);
  }

  /**
   * Puts the pseudonym in the customer's place, in batches that are transactions; the audit entry is in the first.
   * Rows that are held or in payment again are left alone.
   */
  async erase(names: CustomerNames, entry: AuditEntry): Promise<void> {
    await crashPoint('erase.audit');
    await this.postgres.transaction((client) => appendToAudit(client, [entry]));
    await crashPoint('erase.rows');
    while ((await this.postgres.transaction((client) => eraseBatch(client, names))) === ROWS_PER_BATCH);
    await crashPoint('erase.facts');
    await this.eraseFacts(names);
  }

  /** Facts may tell of a customer under `customerId`, and nowhere else. */
  private async eraseFacts({ customerId, pseudonym }: CustomerNames): Promise<void> {
    for (let last = 0; ;) {
      const [page] = await this.postgres.query<{ last: number | null }>(
        `WITH page AS (SELECT id FROM outbox WHERE id > $3 ORDER BY id LIMIT $4),
           changed AS (UPDATE outbox o SET payload = o.payload || jsonb_build_object('customerId', $2::text)
                       FROM page WHERE o.id = page.id AND o.payload ->> 'customerId' = $1)
         SELECT max(id) AS last FROM page`,
        [customerId, pseudonym, last, FACTS_PER_BATCH],
      );
      if (page?.last == null) return;
      last = page.last;
    }
  }
}

/** Rows are locked in the order in which payments lock them. */
async function eraseBatch(client: pg.PoolClient, { customerId, pseudonym }: CustomerNames): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.id FROM ${OF_CUSTOMER} WHERE r.status NOT IN ('held', 'checkout') ORDER BY r.id LIMIT $2 FOR UPDATE OF r`,
    [customerId, ROWS_PER_BATCH],
  );
  const ids = rows.map(({ id }) => id);
  await client.query(ERASE, [ids, pseudonym]);
  await client.query(ERASE_REASONS, [ids]);
  await client.query('UPDATE orders SET customer_id = $2 WHERE reservation_id = ANY($1)', [ids, pseudonym]);
  return ids.length;
}
