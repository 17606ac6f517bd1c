import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { Problem } from '../problems.js';
import { Config } from './config.js';
import { searchPostgres } from './search-postgres.js';

const LOCK_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const QUERY_GRACE_MS = 1_000;
/** How long a write that failed for want of room is news: the next may well be minutes away, and nobody writes to find out. */
const WRITE_FAILED_MS = 10_000;
/** A statement over a whole sale takes longer than one of a request may. */
const SLOW_STATEMENT_MS = 30_000;
/** For the server: a session whose machine vanished is over within half a minute, not two hours, and its locks with it. */
const SESSION_OPTIONS = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** SQLSTATE classes after which the same statement may be tried again: the server went away, or a lock was lost. */
const SERVER_GONE = /^(08|57P0[1-5]|53300)/;

/** A transaction whose statements may each take half a minute. */
export interface SlowStatements {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/** It was looked for a moment ago and did not answer; nobody waits to learn that again. */
class PostgresAway extends Error {
  override readonly name = 'PostgresAway';
}

/**
 * One pool of connections under Prisma and raw SQL. `isUp` is the last thing that the pool learned; while it is false
 * somebody looks for the server, and once that has failed every statement is refused at once, until it is found.
 */
@Injectable()
export class Postgres implements OnApplicationShutdown {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  private up = true;
  private away = false;
  private writeFailedAt = -Infinity;
  /** Connections from before an outage may be silent for good: each is made in a time, and used in that one only. */
  private time = 0;
  private readonly waiting = new Set<{ readonly since: number }>();
  private readonly madeIn = new WeakMap<pg.PoolClient, number>();

  constructor(private readonly config: Config) {
    this.pool = new pg.Pool({
      connectionString: config.databaseUrl,
      max: config.pgPoolMax,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: config.pgStatementTimeoutMs,
      // The server ends a statement that takes too long; a server that is gone without a word cannot.
      query_timeout: config.pgStatementTimeoutMs + QUERY_GRACE_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: config.pgStatementTimeoutMs + 2_000,
      keepAlive: true,
      options: SESSION_OPTIONS,
      application_name: 'holdfast',
      types: int8AsNumber(),
    });
    this.pool.on('error', () => this.noteDown());
    // The pool listens to idle connections only: one that breaks between two statements of a transaction would otherwise
    // be an error that nobody caught, and end the process.
    this.pool.on('connect', (client) => {
      this.madeIn.set(client, this.time);
      client.on('error', () => this.noteDown());
    });
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool, { disposeExternalPool: false }) });
  }

  isUp(): boolean {
    return this.up;
  }

  /** Whether no write has failed lately because the server reads and cannot write, as one whose disk is full. */
  canWrite(): boolean {
    return performance.now() - this.writeFailedAt > WRITE_FAILED_MS;
  }

  /** Rows of one statement. Throws what pg throws; `isOutage` tells a server that is gone from a wrong statement. */
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = await this.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await client.query<R>(text, values);
      return rows;
    } catch (error) {
      this.note(error);
      // As pg's own pool does it: a connection with an unknown past is not used again.
      broken = asError(error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Runs `work` between BEGIN and COMMIT on one connection; any error rolls back. An error of the COMMIT itself means
   * that the outcome is unknown: it is thrown as it is, and whoever calls must read again. `begin` may go on after its
   * BEGIN, in the same round trip; `work` gets the rows of its last statement.
   */
  async transaction<T>(
    work: (client: pg.PoolClient, began: Record<string, unknown>[]) => Promise<T>,
    begin = 'BEGIN',
  ): Promise<T> {
    const client = await this.connect();
    let broken: Error | undefined;
    try {
      return await committed(client, work, begin);
    } catch (error) {
      this.note(error);
      broken = await rollback(client);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** As `transaction`, on the connection that a lock was taken on: once the lock is lost, so is all that is done under it. */
  async transactionOn<T>(client: pg.PoolClient, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    try {
      return await committed(client, work, 'BEGIN');
    } catch (error) {
      this.note(error);
      await rollback(client);
      throw error;
    }
  }

  /** As `transaction`, for statements that read or write a whole sale. */
  slowTransaction<T>(work: (slow: SlowStatements) => Promise<T>, begin?: string): Promise<T> {
    return this.transaction(async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${SLOW_STATEMENT_MS}`);
      // The client's own patience too: else it takes the server for gone, and everybody is refused.
      const patience = { query_timeout: SLOW_STATEMENT_MS + QUERY_GRACE_MS };
      return work({ query: (text, values = []) => client.query({ text, values, ...patience }) });
    }, begin);
  }

  /** How long the one has waited for a connection that waits longest. */
  get oldestWaitMs(): number {
    const [oldest] = this.waiting;
    return oldest ? performance.now() - oldest.since : 0;
  }

  async connect(): Promise<pg.PoolClient> {
    if (this.away) throw new PostgresAway('Postgres does not answer');
    const waiting = { since: performance.now() };
    this.waiting.add(waiting);
    try {
      for (;;) {
        const client = await this.pool.connect();
        if (this.madeIn.get(client) === this.time) return client;
        client.release(true);
      }
    } catch (error) {
      // Where every connection is in use, the wait for one says nothing of the server.
      if (this.pool.totalCount < this.config.pgPoolMax) this.noteDown();
      throw error;
    } finally {
      this.waiting.delete(waiting);
    }
  }

  /** A server that is silent does not let a connection end in order; nobody waits for that longer than for a statement. */
  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    if (this.pool.ended || this.pool.ending) return;
    const ended = this.pool.end();
    const patience = new Promise((resolve) => setTimeout(resolve, QUERY_GRACE_MS).unref());
    await (this.up ? ended : Promise.race([ended, patience]));
  }

  private note(error: unknown): void {
    if (CANNOT_WRITE.test(codeOf(error))) this.writeFailedAt = performance.now();
    if (isOutage(error)) this.noteDown();
  }

  private noteDown(): void {
    if (!this.up || this.pool.ending) return;
    this.up = false;
    this.time += 1;
    void this.search();
  }

  private async search(): Promise<void> {
    await searchPostgres(
      this.config.databaseUrl,
      () => this.pool.ending,
      () => (this.away = true),
    );
    this.away = false;
    this.up = !this.pool.ending;
  }
}

/** Locks that were not had in time, and statements that took too long: the next try may well succeed. */
const LOST_RACE = /^(40001|40P01|55P03|57014|25P03)$/;

/** The server reads and cannot write: it has no room or no memory left, its disk fails, or it was made read-only. */
const CANNOT_WRITE = /^(53100|53200|58030|25006)$/;

/** Nothing is wrong with the statement: the server is gone or cannot write, or somebody else was in the way. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return isOutage(error) || LOST_RACE.test(code) || CANNOT_WRITE.test(code);
}

/** The SQLSTATE of an error, or the code of the connection's; '' for none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The connection is lost or was refused, or the server is starting or stopping: nothing is wrong with the statement. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (error instanceof PostgresAway) return true;
  if (SERVER_GONE.test(code) || /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|P1001|P1002|P1017)$/.test(code))
    return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  return /Connection terminated|Query read timeout|is not queryable|timeout exceeded when trying to connect|Can't reach database/i.test(
    error.message,
  );
}

/** Text as an SQL literal, for the few statements that cannot take parameters. */
export function quoteLiteral(text: string): string {
  return pg.escapeLiteral(text);
}

/** The refusal for whoever needed Postgres now. */
export function postgresUnavailable(): Problem {
  return new Problem(
    'store-unavailable',
    'Postgres is out of reach; repeat the request in a moment, with the same key.',
    {
      retryAfterSeconds: 1,
    },
  );
}

/** Of several statements pg gives a list of results, which its types do not say. */
function lastRows<R extends pg.QueryResultRow>(results: pg.QueryResult<R> | pg.QueryResult<R>[]): R[] {
  return (Array.isArray(results) ? results.at(-1)?.rows : results.rows) ?? [];
}

async function committed<T>(
  client: pg.PoolClient,
  work: (client: pg.PoolClient, began: Record<string, unknown>[]) => Promise<T>,
  begin: string,
): Promise<T> {
  const result = await work(client, lastRows(await client.query<Record<string, unknown>>(begin)));
  await client.query('COMMIT');
  return result;
}

async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Counts and milliseconds stay below 2^53; as strings they would only be converted everywhere. */
function int8AsNumber(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}
