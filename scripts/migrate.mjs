// Applies prisma/migrations with `pg` alone, and keeps Prisma's own ledger (_prisma_migrations), so that
// `prisma migrate deploy` and `status` go on working for those who can download Prisma's engine.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './files.mjs';
import { Refusal } from './refusal.mjs';
import { loadDotEnv } from './settings.mjs';

/** The advisory lock that Prisma's engine takes: the two exclude each other, and so do several nodes that start. */
const LOCK = 72707369;
const CONNECT_MS_MAX = 10_000;

const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

export const migrationsFolder = join(projectRoot, 'prisma/migrations');

/** `{ name, sql, checksum }` of each migration, in the order of their names, which is the order of their times. */
export function readMigrations(folder = migrationsFolder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** A connected client; a failure to connect is a sentence that names the setting, never the password. */
export async function connectDatabase(url, setting = 'DATABASE_URL') {
  const { default: pg } = await import('pg'); // not before the packages are installed
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  client.on('error', () => {}); // a connection that breaks between two queries fails the next one
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    if (error.code === '3D000' && setting === null) throw error;
    throw new Refusal(
      `${setting ?? 'The embedded Postgres'}: no connection (${error.code ?? error.message}). ${connectAdvice(error)}`,
    );
  }
}

function connectAdvice({ code, message = '' }) {
  if (code === '3D000')
    return 'That database does not exist: create it (createdb), or correct the name at the end of the URL.';
  if (/^28/.test(code ?? '')) return 'Postgres refused that user or password.';
  if (/ENOTFOUND|EAI_AGAIN/.test(code ?? '')) return 'The host name is unknown here.';
  if (code === 'ECONNREFUSED' || /timeout/i.test(message))
    return 'Nothing answers there: is Postgres running, and are host and port right?';
  return `Postgres says: ${message}`;
}

/** Applies what is missing and returns the names applied. A repeat does nothing. */
export async function migrate({ url, setting, migrations = readMigrations(), onApply = () => {} }) {
  const client = await connectDatabase(url, setting);
  try {
    await client.query(`SET lock_timeout = '60s'`);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(LEDGER);
    await giveUpUnfinished(client);
    const { rows } = await client.query(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const applied = [];
    for (const migration of missing(migrations, new Map(rows.map((row) => [row.migration_name, row.checksum])))) {
      onApply(migration.name);
      await apply(client, migration);
      applied.push(migration.name);
    }
    return applied;
  } finally {
    await client.end(); // the session's end is the lock's end
  }
}

/** Each file runs in one transaction together with its entry, so an unfinished entry is one that changed nothing. */
const giveUpUnfinished = (client) =>
  client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );

function missing(migrations, ledger) {
  const edited = migrations.find(({ name, checksum }) => ledger.has(name) && ledger.get(name) !== checksum);
  if (edited) {
    throw new Refusal(
      `prisma/migrations/${edited.name} was edited after it had been applied. Restore it and write a new migration instead; ` +
        'or, when the database holds nothing of value, begin with an empty one (embedded: stop, delete .data/start).',
    );
  }
  return migrations.filter(({ name }) => !ledger.has(name));
}

async function apply(client, { name, sql, checksum }) {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [
      id,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    await client.query('UPDATE _prisma_migrations SET logs = $2, rolled_back_at = now() WHERE id = $1', [
      id,
      String(error.message),
    ]);
    const where = error.position ? ` (line ${sql.slice(0, Number(error.position)).split('\n').length})` : '';
    throw new Refusal(
      `Migration ${name} failed and was rolled back: ${error.message}${where}. Correct its migration.sql and run this again.`,
    );
  }
}

/** `npm run migrate`: needs Node, `pg` and this folder, nothing that is built. */
export async function run({ progress }) {
  loadDotEnv();
  const url = process.env.DATABASE_URL;
  if (!url) throw new Refusal('DATABASE_URL is not set: the Postgres whose schema is to be brought up to date.');
  const applied = await migrate({ url, onApply: (name) => progress.note(`applying ${name}`) });
  progress.done(applied.length > 0 ? `${applied.length} migration(s) applied` : 'the schema is up to date');
  return 0;
}
