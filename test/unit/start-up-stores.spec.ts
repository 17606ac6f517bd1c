import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate, type Migration } from '../../scripts/migrate.mjs';
import { startPostgres } from '../../scripts/postgres.mjs';
import { startRedis } from '../../scripts/redis.mjs';

const scratch = join(process.env.TEST_SCRATCH_DIRECTORY ?? '', 'start-up');

async function query(url: string, text: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query<Record<string, unknown>>(text).finally(() => client.end());
}

describe('a Redis of its own', () => {
  const directory = join(scratch, 'redis');
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('remembers what it answered for when it is killed, and is adopted when it lives', async () => {
    const first = await startRedis({ directory });
    const client = new Redis(first.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on('error', () => undefined);
    await client.set('held', '1');
    await first.kill();
    expect(first.lives()).toBe(false);

    const second = await startRedis({ directory, port: first.port });
    expect(await client.get('held')).toBe('1');
    const found = await startRedis({ directory });
    expect(found).toMatchObject({ adopted: true, pid: second.pid, url: first.url });
    client.disconnect();
    await found.stop();
    expect(second.lives()).toBe(false);
  });
});

describe('a Postgres of its own', () => {
  const directory = join(scratch, 'postgres');

  it('keeps what was committed when it is killed, and is adopted when it lives', async () => {
    const first = await startPostgres({ directory, durable: false });
    await query(`${first.url}/postgres`, 'CREATE TABLE sold AS SELECT 1 AS unit');
    await first.kill();

    const second = await startPostgres({ directory, durable: false, port: first.port });
    expect((await query(`${second.url}/postgres`, 'SELECT unit FROM sold')).rows).toEqual([{ unit: 1 }]);
    const found = await startPostgres({ directory, durable: false });
    expect(found).toMatchObject({ adopted: true, pid: second.pid, url: first.url });
    await found.stop();
    expect(second.lives()).toBe(false);
  });
});

describe('the migrations', () => {
  const maintenance = process.env.TEST_DATABASE_URL ?? '';
  const name = `migrate_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(`/${name}`, maintenance).href;
  const migration = (label: string, sql: string): Migration => ({
    name: label,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
  });
  const good = migration('1_good', 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);');
  const bad = migration('2_bad', 'CREATE TABLE b (id int); CREATE TABLE b (id int);');

  beforeAll(async () => {
    await query(maintenance, `CREATE DATABASE ${name}`);
  });
  afterAll(async () => {
    await query(maintenance, `DROP DATABASE ${name} WITH (FORCE)`);
  });

  it('are applied once, though several nodes start at once', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate({ url, migrations: [good] })));
    expect(applied.flat()).toEqual(['1_good']);
    expect((await query(url, 'SELECT id FROM a')).rows).toHaveLength(1);
  });

  it('leave nothing of one that fails, and try it again when it is corrected', async () => {
    await expect(migrate({ url, migrations: [good, bad] })).rejects.toThrow(/2_bad failed and was rolled back/);
    const corrected = migration('2_bad', 'CREATE TABLE b (id int);');
    expect(await migrate({ url, migrations: [good, corrected] })).toEqual(['2_bad']);
    const ledger = await query(url, 'SELECT migration_name, finished_at, rolled_back_at FROM _prisma_migrations');
    expect(ledger.rows.filter((row) => row.finished_at && !row.rolled_back_at)).toHaveLength(2);
  });

  it('try one again whose run was cut off before its transaction ended', async () => {
    await query(url, `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('cut', 'x', '3_cut')`);
    expect(await migrate({ url, migrations: [migration('3_cut', 'CREATE TABLE c (id int)')] })).toEqual(['3_cut']);
  });

  it('refuse one that was edited after it had been applied', async () => {
    const edited = migration('1_good', `${good.sql} -- edited`);
    await expect(migrate({ url, migrations: [edited] })).rejects.toThrow(/1_good was edited/);
  });
});
