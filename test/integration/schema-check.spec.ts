import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { Postgres } from '../../src/platform/postgres.js';
import { Log, rootLogger } from '../../src/platform/logging.js';
import { neededMigrations, SchemaCheck, SchemaTooOld } from '../../src/platform/schema-check.js';
import { AppInstance } from '../e2e/app-instance.js';
import { eventually } from '../e2e/eventually.js';
import { freePort, privatePostgres } from '../e2e/private-stores.js';
import { testConfig } from '../settings.js';
import { freshDatabase, type FreshDatabase, freshKeyPrefix, testRedisUrl } from '../stores.js';

const OURS = neededMigrations();
const NEWEST = OURS.at(-1)!;

let database: FreshDatabase;
beforeEach(async () => (database = await freshDatabase()));
afterEach(() => database.drop());

async function sql(text: string, values: unknown[] = [], url = database.url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text, values).finally(() => client.end());
  return rows;
}

async function look(): Promise<void> {
  const config = testConfig(database.url);
  const postgres = new Postgres(config);
  await new SchemaCheck(postgres, new Log(rootLogger(config)))
    .onModuleInit()
    .finally(() => postgres.onApplicationShutdown());
}

/** A program of the repository, as a container runs it: nothing in its environment but its settings. */
async function runNode(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

const appEnv = (databaseUrl: string): NodeJS.ProcessEnv => ({
  ...{ DATABASE_URL: databaseUrl, REDIS_URL: testRedisUrl(), KEY_PREFIX: freshKeyPrefix(), PORT: '0' },
  RESERVATION_ID_SECRET: 'a secret of a process that should not start',
});

describe('`npm run migrate`', () => {
  const migrate = (): Promise<{ code: number; output: string }> =>
    runNode(['scripts/run.mjs', 'migrate'], { DATABASE_URL: database.url });

  it('makes the schema of an empty database, and does nothing where it is there', async () => {
    await sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await expect(look()).rejects.toThrow(SchemaTooOld);
    const [first, second] = [await migrate(), await migrate()];
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining(`applying ${NEWEST}`) });
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('the schema is up to date') });
    await look();
  });

  it('says what it misses', async () => {
    const { code, output } = await runNode(['scripts/run.mjs', 'migrate'], { DATABASE_URL: '' });
    expect([code, output.trim()]).toEqual([1, expect.stringMatching(/^DATABASE_URL is not set/)]);
  });
});

describe('a process whose schema', () => {
  it('is too old does not start, and says in a sentence what is missing and what to do', async () => {
    await sql('DELETE FROM _prisma_migrations WHERE migration_name = $1', [NEWEST]);
    const { code, output } = await runNode(['dist/main.js'], appEnv(database.url));
    expect(code).toBe(1);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(lines.filter(({ level }) => level === 'fatal').map(({ msg }) => msg)).toEqual([
      `The schema of DATABASE_URL is older than this version needs: ${NEWEST} is not applied. Apply it with ` +
        '`npm run migrate` (node scripts/run.mjs migrate), then start again.',
    ]);
  });

  it.each([
    ['finished', 'UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1'],
    ['kept', 'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1'],
  ])('has a migration that was not %s does not start', async (_what, change) => {
    await sql(change, [NEWEST]);
    await expect(look()).rejects.toThrow(NEWEST);
  });

  it('is newer starts: the version before runs on it while the others are replaced', async () => {
    await sql(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('later', '', '99991231000000_later', now())`,
    );
    await look();
  });

  it('cannot be seen at the start, and is too old, ends when it is seen', async () => {
    const postgres = await privatePostgres();
    const app = new AppInstance(await freePort(), appEnv(postgres.url));
    try {
      await sql('DELETE FROM _prisma_migrations', [], postgres.url);
      await postgres.kill();
      app.start();
      await eventually('it lives', async () => (await fetch(`${app.url}/health/live`)).ok);
      await postgres.restart();
      await eventually('it has ended', async () => app.ended);
    } finally {
      await app.kill();
      await postgres.stop();
    }
  });
});
