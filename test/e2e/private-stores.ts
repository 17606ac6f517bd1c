import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../scripts/migrate.mjs';
import { type PostgresServer, startPostgres } from '../../scripts/postgres.mjs';
import { type RedisServer, startRedis } from '../../scripts/redis.mjs';
import { randomChars } from '../../src/platform/ids.js';

/** A store that a test may kill and start again, on the same port with the same files. */
export interface PrivateStore {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis of a test's own that fsyncs each write before it answers. */
export async function privateRedis(): Promise<PrivateStore> {
  const directory = scratch('redis');
  const first = await startRedis({ directory });
  return restartable(first, first.url, () => startRedis({ directory, port: first.port }));
}

/** A Postgres of a test's own with a migrated database. Without fsync: it outlives kill -9 all the same. */
export async function privatePostgres(): Promise<PrivateStore> {
  const directory = join(scratch('postgres'), 'cluster');
  const first = await startPostgres({ directory, durable: false });
  const url = `${first.url}/holdfast`;
  await run(`${first.url}/postgres`, 'CREATE DATABASE holdfast');
  await migrate({ url });
  return restartable(first, url, () => startPostgres({ directory, port: first.port, durable: false }));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function restartable<S extends PostgresServer | RedisServer>(
  first: S,
  url: string,
  startAgain: () => Promise<S>,
): PrivateStore {
  let server = first;
  return {
    url,
    kill: () => server.kill(),
    restart: async () => {
      server = await startAgain();
    },
    stop: () => server.stop(),
  };
}

async function run(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

function scratch(name: string): string {
  const folder = process.env['TEST_SCRATCH_DIRECTORY'];
  if (!folder) throw new Error('Run tests with npm test, which says where their stores may be.');
  return join(folder, `${name}-${randomChars(8)}`);
}
