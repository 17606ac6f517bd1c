import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Postgres } from '../platform/postgres.js';
import type { By } from './by.js';
import { numberArray, textArray } from '../platform/postgres-arrays.js';
import { inEpoch } from './in-epoch.js';
import { JournalPins } from './journal-pins.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { JOURNAL_COLUMNS, type JournalRow } from './journal-row.js';
import type { HoldRecord, RequestRecord } from './records.js';
import { reservationId } from './reservation-ref.js';
import type { SaleRef } from './sale-keys.js';

/** A hold as it goes into the journal. */
export interface JournalledHold {
  readonly tail: string;
  readonly request: Pick<RequestRecord, 'mode' | 'fingerprint' | 'queuedAt' | 'metadata'>;
  readonly hold: HoldRecord;
}

/** `journalled`: the row is there. `overdue`: the deadline had passed. `other`: another row has the id, and answers. */
export type JournalWord = 'journalled' | 'overdue' | 'other';

const INSERT = `INSERT INTO reservations (id, sale_id, epoch, customer_id, version, hold_sequence, mode, fingerprint, lines,
    total, metadata, extensions, queued_at, held_at, expires_at, status, ended_at, end_reason)
  SELECT t.id, $1, $2, t.customer_id, t.version, t.hold_sequence, t.mode, t.fingerprint, t.lines::jsonb, t.total,
    t.metadata::jsonb, t.extensions, to_timestamp(t.queued_at / 1000.0), to_timestamp(t.held_at / 1000.0),
    to_timestamp(t.expires_at / 1000.0)`;
const ROWS = `FROM unnest($3::text[], $4::text[], $5::int[], $6::int8[], $7::text[], $8::text[], $9::text[], $10::int8[],
    $11::text[], $12::int[], $13::float8[], $14::float8[], $15::float8[]) AS t (id, customer_id, version, hold_sequence,
    mode, fingerprint, lines, total, metadata, extensions, queued_at, held_at, expires_at)`;

/** The journal of holds in Postgres: every change of a hold is here before anyone is told of it. */
@Injectable()
export class Journal {
  constructor(
    private readonly postgres: Postgres,
    private readonly metrics: LedgerMetrics,
    private readonly pins: JournalPins,
  ) {}

  /** Journals a batch of new holds in one INSERT; the words stand in the order of the holds. Throws EpochOver. */
  async insert(sale: SaleRef, epoch: number, holds: readonly JournalledHold[]): Promise<JournalWord[]> {
    return this.write('insert', holds.length, { sale, epoch }, async (client) => {
      const { rows } = await client.query<{ id: string }>({
        name: 'journal-insert',
        text: `${INSERT}, 'held', NULL, NULL ${ROWS}
          WHERE to_timestamp(t.expires_at / 1000.0) > ledger_now() ORDER BY t.id
          ON CONFLICT (id) DO NOTHING RETURNING id`,
        values: columnsOf(sale, epoch, holds),
      });
      const written = new Set(rows.map(({ id }) => id));
      if (written.size === holds.length) return holds.map(() => 'journalled');
      const known = await rowsOf(
        client,
        holds.map(({ tail }) => reservationId(sale, tail)),
      );
      return holds.map((hold) => wordFor(hold, known.get(reservationId(sale, hold.tail)), written));
    });
  }

  /** Writes that a hold was released: the row becomes `released`, or is made so when its own journal came too late. */
  async release(sale: SaleRef, epoch: number, released: JournalledHold, reason: string | null, by?: By): Promise<void> {
    await this.write('release', 1, { sale, epoch, by }, async (client) => {
      const version = released.hold.version + 1;
      const row = { ...released, hold: { ...released.hold, version } };
      const { rowCount } = await client.query(
        `${INSERT}, 'released', ledger_now(), $16 ${ROWS}
         ON CONFLICT (id) DO UPDATE SET status = 'released', version = EXCLUDED.version, ended_at = EXCLUDED.ended_at,
           end_reason = EXCLUDED.end_reason
         WHERE reservations.status = 'held' AND reservations.version < EXCLUDED.version`,
        [...columnsOf(sale, epoch, [row]), reason],
      );
      if (rowCount === 1) await by?.alongside?.(client);
    });
    this.metrics.ended(sale, ['released']);
  }

  /** Writes a longer deadline. True also when a later extension was written first; false when the row is no longer held. */
  async extend(sale: SaleRef, epoch: number, tail: string, hold: HoldRecord, by?: By): Promise<boolean> {
    const id = reservationId(sale, tail);
    return this.write('extend', 1, { sale, epoch, by }, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE reservations SET version = $2, epoch = $3, extensions = $4, expires_at = to_timestamp($5 / 1000.0)
         WHERE id = $1 AND status = 'held' AND version < $2`,
        [id, hold.version, epoch, hold.extensions, hold.expiresAt],
      );
      if (rowCount === 1) await by?.alongside?.(client);
      if (rowCount === 1) return true;
      const row = (await rowsOf(client, [id])).get(id);
      return row?.status === 'held' && row.version >= hold.version;
    });
  }

  /** Writes a pin, together with those that arrive with it. True also when the row has this very pin already. */
  pin(sale: SaleRef, epoch: number, tail: string, hold: HoldRecord, by?: By): Promise<boolean> {
    return this.pins.write({ id: reservationId(sale, tail), hold }, { sale, epoch, by });
  }

  /**
   * Writes holds that Redis has ended already; rows that moved on are left as they are. In the name of who ended them: a
   * transaction tells the history of one.
   */
  async end(sale: SaleRef, epoch: number, ended: readonly EndedInRedis[]): Promise<void> {
    const actors = new Set(ended.map(({ by }) => by?.actor));
    for (const actor of actors) {
      const theirs = ended.filter(({ by }) => by?.actor === actor);
      await this.endBy(sale, epoch, theirs, actor === undefined ? undefined : { actor });
    }
  }

  private async endBy(sale: SaleRef, epoch: number, ended: readonly EndedInRedis[], by: By | undefined): Promise<void> {
    await this.write('end', ended.length, { sale, epoch, by }, (client) =>
      client.query(
        `WITH locked AS (SELECT id FROM reservations WHERE id = ANY($1) ORDER BY id FOR UPDATE)
         UPDATE reservations r SET status = t.status::"ReservationStatus", version = t.version,
           ended_at = to_timestamp(t.ended_at / 1000.0), end_reason = t.reason
         FROM unnest($1::text[], $2::text[], $3::int[], $4::float8[], $5::text[]) AS t (id, status, version, ended_at, reason)
         JOIN locked ON locked.id = t.id
         WHERE r.id = t.id AND r.status = 'held' AND r.version < t.version`,
        [
          ended.map(({ tail }) => reservationId(sale, tail)),
          ended.map(({ status }) => status),
          ended.map(({ version }) => version),
          ended.map(({ endedAt }) => endedAt),
          ended.map(({ status, by }) => (by ? by.reason : status)),
        ],
      ),
    );
    this.metrics.ended(
      sale,
      ended.map(({ status }) => status),
    );
  }

  private write<T>(
    kind: string,
    rows: number,
    { sale, epoch, by }: { sale: SaleRef; epoch: number; by?: By | undefined },
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    return this.metrics.write(kind, rows, () => inEpoch(this.postgres, sale, epoch, work, by));
  }

  async find(id: string): Promise<JournalRow | null> {
    const [row] = await this.findEach([id]);
    return row ?? null;
  }

  /** In the order of the ids; null where there is no row. */
  async findEach(ids: readonly string[]): Promise<(JournalRow | null)[]> {
    const rows = await this.postgres.query<JournalRow>(
      `SELECT ${JOURNAL_COLUMNS} FROM reservations r WHERE r.id = ANY($1)`,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  }

  /** Which of these have a row. */
  async known(sale: SaleRef, tails: readonly string[]): Promise<ReadonlySet<string>> {
    const ids = tails.map((tail) => reservationId(sale, tail));
    const rows = await this.postgres.query<{ id: string }>('SELECT id FROM reservations WHERE id = ANY($1)', [ids]);
    const found = new Set(rows.map(({ id }) => id));
    return new Set(tails.filter((tail) => found.has(reservationId(sale, tail))));
  }

  /** Of these pins, by tail and version, those that the journal has. */
  async pinned(sale: SaleRef, pins: readonly { tail: string; version: number }[]): Promise<ReadonlySet<string>> {
    const rows = await this.postgres.query<Pick<JournalRow, 'id' | 'version' | 'status'>>(
      // By id alone: with the status too, a planner without statistics reads every reservation in checkout.
      'SELECT id, version, status FROM reservations WHERE id = ANY($1)',
      [pins.map(({ tail }) => reservationId(sale, tail))],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    const agrees = ({ tail, version }: { tail: string; version: number }): boolean => {
      const row = found.get(reservationId(sale, tail));
      return row?.status === 'checkout' && row.version === version;
    };
    return new Set(pins.filter(agrees).map(({ tail }) => tail));
  }

  /** A customer's newest rows in a sale; what was held again for a late payment is shown as what was paid for. */
  async ofCustomer(saleId: string, customerId: string, limit: number): Promise<JournalRow[]> {
    return this.postgres.query<JournalRow>(
      `SELECT ${JOURNAL_COLUMNS} FROM reservations r WHERE r.sale_id = $1 AND r.customer_id = $2
         AND r.mode <> 'rehold' ORDER BY r.held_at DESC LIMIT $3`,
      [saleId, customerId, limit],
    );
  }
}

/** A hold that expired or was released in Redis; `endedAt` in ms of Redis's clock. */
export interface EndedInRedis {
  readonly tail: string;
  readonly status: 'released' | 'expired';
  readonly version: number;
  readonly endedAt: number;
  /** Who released it and why, as far as Redis knows. */
  readonly by?: By | undefined;
}

/** The sum of a hold's lines, in minor units. */
export function totalOf(hold: HoldRecord): number {
  return hold.lines.reduce((sum, line) => sum + line.unitPrice * line.units.length, 0);
}

async function rowsOf(client: pg.PoolClient, ids: string[]): Promise<Map<string, JournalRow>> {
  const { rows } = await client.query<JournalRow>(
    `SELECT ${JOURNAL_COLUMNS} FROM reservations r WHERE r.id = ANY($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The same hold journalled before (its job ran again) counts; any other row under the id answers for itself. */
function wordFor(hold: JournalledHold, row: JournalRow | undefined, written: ReadonlySet<string>): JournalWord {
  if (!row) return 'overdue';
  if (written.has(row.id)) return 'journalled';
  const same = row.status === 'held' && row.version === hold.hold.version && row.hold_sequence === hold.hold.sequence;
  return same ? 'journalled' : 'other';
}

function columnsOf(sale: SaleRef, epoch: number, holds: readonly JournalledHold[]): unknown[] {
  return [
    sale.id,
    epoch,
    textArray(holds.map(({ tail }) => reservationId(sale, tail))),
    textArray(holds.map(({ hold }) => hold.customerId)),
    numberArray(holds.map(({ hold }) => hold.version)),
    numberArray(holds.map(({ hold }) => hold.sequence)),
    textArray(holds.map(({ request }) => request.mode)),
    textArray(holds.map(({ request }) => request.fingerprint)),
    textArray(holds.map(({ hold }) => JSON.stringify(hold.lines))),
    numberArray(holds.map(({ hold }) => totalOf(hold))),
    textArray(holds.map(({ request }) => (request.metadata ? JSON.stringify(request.metadata) : null))),
    numberArray(holds.map(({ hold }) => hold.extensions)),
    numberArray(holds.map(({ request }) => request.queuedAt)),
    numberArray(holds.map(({ hold }) => hold.heldAt)),
    numberArray(holds.map(({ hold }) => hold.expiresAt)),
  ];
}
