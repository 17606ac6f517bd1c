import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '../../scripts/migrate.mjs';

/** The two stores that everything is measured on: Redis with AOF `always`, Postgres with fsync. */
export interface BenchStores {
  readonly redisUrl: string;
  readonly postgresUrl: string;
  /** Null for stores of somebody else's. */
  readonly redisPid: number | null;
  readonly postgresPid: number | null;
  /** Where files of the run may be. */
  readonly folder: string;
}

export function storesFrom(env: NodeJS.ProcessEnv): BenchStores {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set. Start this with npm run bench.`);
    return value;
  };
  const pid = (name: string): number | null => (env[name] ? Number(env[name]) : null);
  return {
    ...{ redisUrl: need('BENCH_REDIS_URL'), postgresUrl: need('BENCH_DATABASE_URL'), folder: need('BENCH_DIRECTORY') },
    ...{ redisPid: pid('BENCH_REDIS_PID'), postgresPid: pid('BENCH_POSTGRES_PID') },
  };
}

/** A new database with every migration applied. */
export async function freshDatabase(stores: BenchStores, name: string): Promise<string> {
  const database = `bench_${name}_${process.pid}`;
  await onPostgres(stores.postgresUrl, [
    `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
    `CREATE DATABASE ${database}`,
  ]);
  const url = new URL(stores.postgresUrl);
  url.pathname = `/${database}`;
  await migrate({ url: url.href });
  return url.href;
}

export async function dropDatabase(stores: BenchStores, url: string): Promise<void> {
  await onPostgres(stores.postgresUrl, [`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`]);
}

export async function onPostgres<R extends pg.QueryResultRow>(url: string, statements: string[]): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: R[] = [];
    for (const statement of statements) rows = (await client.query<R>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** Looks into Redis past the application. */
export async function onRedis<T>(url: string, look: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await look(redis);
  } finally {
    redis.disconnect();
  }
}

/** A Redis of our own goes with all that is in it; in somebody else's nothing is left. */
export async function dropKeys({ redisUrl, redisPid }: BenchStores, prefix: string): Promise<void> {
  if (redisPid !== null) return;
  await onRedis(redisUrl, async (redis) => {
    for (const key of await redis.keys(`${prefix}:*`)) await redis.unlink(key);
  });
}
