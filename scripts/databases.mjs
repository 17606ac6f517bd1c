// The databases inside a Postgres of ours: the application's, and the template that tests copy.
import { connectDatabase, migrate, readMigrations } from './migrate.mjs';

export const APPLICATION_DATABASE = 'holdfast';
export const TEMPLATE_DATABASE = 'holdfast_template';
/** Two test runs may share one external server: one makes the template, the other finds it. */
const TEMPLATE_LOCK = 72707370;

const DATABASE_MISSING = '3D000';

/** Migrates the embedded application database, and makes it the first time. */
export async function migrateOwnDatabase(serverUrl, onApply) {
  const url = `${serverUrl}/${APPLICATION_DATABASE}`;
  try {
    return await migrate({ url, setting: null, onApply });
  } catch (error) {
    if (error.code !== DATABASE_MISSING) throw error;
  }
  const client = await connectDatabase(`${serverUrl}/postgres`, null);
  await client.query(`CREATE DATABASE ${APPLICATION_DATABASE}`).finally(() => client.end());
  return migrate({ url, setting: null, onApply });
}

/**
 * Makes the template from the migrations, or finds that it is made from exactly these. `alone` means that nobody else
 * uses the server: then databases that a killed run left behind are dropped.
 */
export async function makeTemplate(maintenanceUrl, { alone, setting = 'TEST_DATABASE_URL' }) {
  const client = await connectDatabase(maintenanceUrl, setting);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    if (alone) await dropLeftovers(client);
    const url = new URL(maintenanceUrl);
    url.pathname = `/${TEMPLATE_DATABASE}`;
    if (await isCurrent(client, url.href)) return false;
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
    await migrate({ url: url.href, setting });
    return true;
  } finally {
    await client.end();
  }
}

async function dropLeftovers(client) {
  const { rows } = await client.query(
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', $1)",
    [TEMPLATE_DATABASE],
  );
  for (const { datname } of rows)
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`);
}

/** A template that was edited, half migrated or made by an older branch is made again. */
async function isCurrent(client, url) {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE_DATABASE]);
  if (rowCount === 0) return false;
  const template = await connectDatabase(url);
  try {
    const { rows } = await template.query(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1',
    );
    const applied = rows.map((row) => `${row.migration_name} ${row.checksum}`);
    return String(applied) === String(readMigrations().map(({ name, checksum }) => `${name} ${checksum}`));
  } catch {
    return false;
  } finally {
    await template.end();
  }
}
