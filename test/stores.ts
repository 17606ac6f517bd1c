import pg from 'pg';
import { randomChars } from '../src/platform/ids.js';

/** A Postgres database of a test's own. `drop` ends whoever is still connected. */
export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new database with every migration applied, copied from the template that `npm test` makes. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `t_${randomChars(12)}`;
  const maintenance = required('TEST_DATABASE_URL');
  await run(maintenance, `CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(required('TEST_TEMPLATE_DATABASE'))}`);
  const url = new URL(maintenance);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(maintenance, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** A KEY_PREFIX of a test's own: tests share one Redis and must not meet. */
export function freshKeyPrefix(): string {
  return `t-${randomChars(12)}`;
}

export const testRedisUrl = (): string => required('TEST_REDIS_URL');

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run tests with npm test, which starts the stores that they need.`);
  return value;
}
