import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from './logging.js';
import { codeOf, isOutage, Postgres } from './postgres.js';
import { Ticker } from './ticker.js';

/** Two folders up from the sources and from the compiled code alike. */
const FOLDER = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));
const LOOK_INTERVAL_MS = 500;
const NO_SUCH_TABLE = '42P01';

/** The database lacks migrations that this version was written for; its message says which, and what to do. */
export class SchemaTooOld extends Error {
  constructor(missing: readonly string[]) {
    super(
      `The schema of DATABASE_URL is older than this version needs: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not applied. ` +
        'Apply it with `npm run migrate` (node scripts/run.mjs migrate), then start again.',
    );
    this.name = 'SchemaTooOld';
  }
}

/** The migrations that the code was written for, by name. */
export function neededMigrations(folder = FOLDER): string[] {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(`${folder}${name}/migration.sql`))
    : [];
  if (names.length === 0)
    throw new Error(
      `${folder} holds no migrations: it belongs beside dist, or a start cannot tell whether the schema is new enough.`,
    );
  return names.sort();
}

/**
 * Refuses to start on a schema that lacks a migration of ours; a newer schema is fine, because the version before must
 * run on it. While Postgres is away at start the look is put off, and what it finds then still ends the process.
 */
@Injectable()
export class SchemaCheck implements OnModuleInit, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly postgres: Postgres,
    log: Log,
  ) {
    this.ticker = new Ticker('schema-check', LOOK_INTERVAL_MS, () => this.lookAgain(), log.child({ part: 'platform' }));
  }

  async onModuleInit(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.ticker.start();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** Throws `SchemaTooOld`, or what Postgres throws. */
  async look(): Promise<void> {
    const applied = new Set(await this.applied());
    const missing = neededMigrations().filter((name) => !applied.has(name));
    if (missing.length > 0) throw new SchemaTooOld(missing);
  }

  private async lookAgain(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      if (isOutage(error)) throw error;
      // What nobody catches ends the process in order, see shutdown.ts: nothing may work on a schema it does not know.
      setImmediate(() => {
        throw error;
      });
    }
    void this.ticker.stop();
  }

  private async applied(): Promise<string[]> {
    try {
      const rows = await this.postgres.query<{ migration_name: string }>(
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      );
      return rows.map(({ migration_name: name }) => name);
    } catch (error) {
      if (codeOf(error) !== NO_SUCH_TABLE) throw error;
      return [];
    }
  }
}
