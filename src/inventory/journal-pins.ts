import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { GroupCommit } from '../platform/group-commit.js';
import { numberArray, textArray } from '../platform/postgres-arrays.js';
import { codeOf, isPassing, Postgres } from '../platform/postgres.js';
import { Tracing } from '../platform/tracing.js';
import { type By, packBy } from './by.js';
import { EpochOver, inEpoch } from './in-epoch.js';
import type { JournalRow } from './journal-row.js';
import { LedgerMetrics } from './ledger-metrics.js';
import type { HoldRecord } from './records.js';
import type { SaleRef } from './sale-keys.js';

const PINS_PER_BATCH_MAX = 100;

/** Postgres ended this transaction for the sake of another, or one of its statements took too long. */
const ENDED_BY_CHANCE = /^(40001|40P01|57014)$/;

/** What Redis has pinned, on its way into the row of that id. */
interface Pin {
  readonly id: string;
  readonly hold: HoldRecord;
}

/** What the pins of one transaction have in common. */
interface Company {
  readonly sale: SaleRef;
  readonly epoch: number;
  readonly by: By | undefined;
}

/** `written`: the row has this pin. `refused`: it has something else. `alone`: others must not wait, or fail, for it. */
type Word = 'written' | 'refused' | 'alone';

/** Writes pins to the journal; those of a sale that arrive together, by the same actor, share one transaction. */
@Injectable()
export class JournalPins {
  /** Each is there only while it has something to do. */
  private readonly batches = new Map<string, GroupCommit<Pin, Word>>();

  constructor(
    private readonly postgres: Postgres,
    private readonly metrics: LedgerMetrics,
    private readonly tracing: Tracing,
  ) {}

  /** True also when the row has this very pin already. Throws EpochOver, or what Postgres throws: then it may be written. */
  async write(pin: Pin, company: Company): Promise<boolean> {
    const word = await this.batchOf(company).add(pin);
    if (word !== 'alone') return word === 'written';
    const [alone] = await this.writeTogether([pin], company, 'wait');
    return alone === 'written';
  }

  /** A transaction tells the history of one actor, and of one reason. */
  private batchOf(company: Company): GroupCommit<Pin, Word> {
    const { sale, epoch, by } = company;
    const key = `${sale.key} ${epoch} ${packBy(by?.actor, by?.reason)}`;
    const known = this.batches.get(key);
    if (known) return known;
    const batch = new GroupCommit<Pin, Word>({
      runBatch: (pins) => this.writeBatch(pins, company),
      itemsMax: PINS_PER_BATCH_MAX,
      traced: this.tracing.batch('pin batch'),
      onIdle: () => this.batches.delete(key),
    });
    this.batches.set(key, batch);
    return batch;
  }

  /** What one pin is to blame for, or chance, must not fail its neighbours: each is tried alone. */
  private async writeBatch(pins: readonly Pin[], company: Company): Promise<Word[]> {
    try {
      return await this.writeTogether(pins, company, 'skip');
    } catch (error) {
      if (pins.length === 1 || wouldFailAll(error)) throw error;
      return pins.map(() => 'alone');
    }
  }

  private writeTogether(pins: readonly Pin[], { sale, epoch, by }: Company, locked: Locked): Promise<Word[]> {
    const work = (client: pg.PoolClient): Promise<Word[]> => writePins(client, epoch, pins, locked);
    return this.metrics.write('pin', pins.length, () => inEpoch(this.postgres, sale, epoch, work, by));
  }
}

/** What is done about a row that somebody else has locked: nothing in a batch, whose other rows are free. */
type Locked = 'skip' | 'wait';

/** The server is gone or cannot write, the epoch is over, or a rebuild has the sale's lock (the rows' are not waited for). */
function wouldFailAll(error: unknown): boolean {
  return error instanceof EpochOver || (isPassing(error) && !ENDED_BY_CHANCE.test(codeOf(error)));
}

/**
 * Compares and sets by what the lock has read: with the status in the condition of the row itself, a planner without
 * statistics reads everything that is held.
 */
const write = (locked: Locked): string => `WITH locked AS (
    SELECT id, status, version FROM reservations WHERE id = ANY($1) ORDER BY id
    FOR NO KEY UPDATE ${locked === 'skip' ? 'SKIP LOCKED' : ''})
  UPDATE reservations r SET status = 'checkout', version = t.version, epoch = $2, checkout_at = ledger_now(),
    checkout_expires_at = to_timestamp(t.checkout_expires_at / 1000.0), expires_at = to_timestamp(t.expires_at / 1000.0),
    extensions = t.extensions
  FROM unnest($1::text[], $3::int[], $4::float8[], $5::float8[], $6::int[])
    AS t (id, version, checkout_expires_at, expires_at, extensions)
  JOIN locked ON locked.id = t.id AND locked.status = 'held' AND locked.version < t.version
  WHERE r.id = t.id
  RETURNING r.id, r.version, r.status`;

async function writePins(client: pg.PoolClient, epoch: number, pins: readonly Pin[], locked: Locked): Promise<Word[]> {
  const holds = pins.map(({ hold }) => hold);
  const rows = new Map<string, PinnedRow>();
  const written = await client.query<PinnedRow>({
    name: `journal-pin-${locked}`,
    text: write(locked),
    values: [
      textArray(pins.map(({ id }) => id)),
      epoch,
      numberArray(holds.map(({ version }) => version)),
      numberArray(holds.map(({ checkoutExpiresAt }) => checkoutExpiresAt)),
      numberArray(holds.map(({ expiresAt }) => expiresAt)),
      numberArray(holds.map(({ extensions }) => extensions)),
    ],
  });
  for (const row of written.rows) rows.set(row.id, row);
  const others = pins.filter(({ id }) => !rows.has(id)).map(({ id }) => id);
  if (others.length > 0) for (const row of await rowsOf(client, others)) rows.set(row.id, row);
  return pins.map((pin) => wordFor(pin, rows.get(pin.id)));
}

type PinnedRow = Pick<JournalRow, 'id' | 'version' | 'status'>;

async function rowsOf(client: pg.PoolClient, ids: readonly string[]): Promise<PinnedRow[]> {
  const text = 'SELECT id, version, status FROM reservations WHERE id = ANY($1)';
  return (await client.query<PinnedRow>(text, [ids])).rows;
}

/** A row that could take the pin and did not is locked by somebody else, whose change of it nobody sees yet. */
function wordFor({ hold }: Pin, row: PinnedRow | undefined): Word {
  if (row?.status === 'checkout' && row.version === hold.version) return 'written';
  return row?.status === 'held' && row.version < hold.version ? 'alone' : 'refused';
}
