import { execFile } from 'node:child_process';
import { chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '../../scripts/migrate.mjs';
import { type PostgresServer, startPostgres } from '../../scripts/postgres.mjs';
import { startRedis } from '../../scripts/redis.mjs';
import { randomChars } from '../../src/platform/ids.js';
import { eventually } from './eventually.js';
import * as fullDisks from './full-disks.js';

/** A disk fills up as fast as the machine is. */
const ENDS_MS_MAX = 60_000;

/** A store that a test may kill and start again, on the same port with the same files. */
export interface PrivateStore {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PrivatePostgres extends PrivateStore {
  /** Copies its files while it runs, as pg_basebackup does, and returns the folder. */
  backUp(): Promise<string>;
  /** SIGSTOP to the server and each of its processes: it keeps its connections and answers nothing, until it is thawed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Has its log go on to /dev/full, where each write fails as on a full disk. Resolves when it has found out. */
  fillDisk(): Promise<void>;
  /** After a kill: takes that away again. */
  makeRoom(): Promise<void>;
}

export interface PrivateRedis extends PrivateStore {
  /** Waits until it has ended by itself, as one does that cannot write; returns its log. */
  ended(): Promise<string>;
  /** As `restart`, on a disk that has no room for a file of more than `bytes`; it may have ended again before this resolves. */
  restartWithin(bytes: number): Promise<void>;
  /** From now on it appends to /dev/full, where no write succeeds, or to /dev/null, where no fsync does. */
  appendTo(device: fullDisks.Device): Promise<void>;
  /** From now on it appends to a file; everything that it knows is in files then. */
  appendToFile(): Promise<void>;
  /** When it has ended: what it appended to a device is gone, and the next start appends to a file. */
  dropDevice(): Promise<void>;
  /** Of its largest file. */
  bytes(): Promise<number>;
  /** SIGSTOP: it keeps its connections and answers nothing, until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Copies its append-only files while it runs, and returns the copy's folder. */
  copyFiles(): Promise<string>;
  /** After a kill: takes an older copy for its files, so that the next start goes back to then. */
  goBackTo(copy: string): Promise<void>;
}

/** A Redis of a test's own that fsyncs each write before it answers. */
export async function privateRedis(): Promise<PrivateRedis> {
  const directory = scratch('redis');
  const files = join(directory, 'appendonlydir');
  const first = await startRedis({ directory });
  let server = first;
  const signal = (name: NodeJS.Signals): void => void process.kill(server.pid, name);
  return {
    url: first.url,
    kill: () => server.kill(),
    restart: async () => {
      server = await startRedis({ directory, port: first.port });
    },
    restartWithin: async (bytes) => {
      const binary = await fullDisks.redisWithin(directory, bytes);
      const starting = startRedis({ directory, port: first.port, binary });
      server = await starting.catch((error: unknown) => {
        if (String(error).includes('did not start')) return server;
        throw error;
      });
    },
    stop: () => server.stop(),
    ended: async () => {
      await eventually('Redis has ended', () => Promise.resolve(!server.lives()), ENDS_MS_MAX);
      return readFile(join(directory, 'redis.log'), 'utf8');
    },
    appendTo: (device) => fullDisks.appendTo(first.url, files, device),
    appendToFile: () => fullDisks.appendToFile(first.url),
    dropDevice: () => fullDisks.dropDevices(files),
    bytes: () => fullDisks.largestFile(files),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    copyFiles: async () => {
      const copy = `${directory}-copy-${randomChars(8)}`;
      await copyFiles(files, copy);
      return copy;
    },
    goBackTo: async (copy) => {
      await rm(files, { recursive: true });
      await copyFiles(copy, files);
    },
  };
}

/** A Postgres of a test's own with a migrated database. Without fsync: it outlives kill -9 all the same. */
export async function privatePostgres(): Promise<PrivatePostgres> {
  const directory = join(scratch('postgres'), 'cluster');
  const first = await startPostgres({ directory, durable: false });
  await run(`${first.url}/postgres`, 'CREATE DATABASE holdfast');
  await migrate({ url: `${first.url}/holdfast` });
  return postgresOf(first, directory);
}

/** A Postgres that starts from a backup, in place of the files that it was made with. */
export async function restoredPostgres(backup: string): Promise<PrivatePostgres> {
  const directory = join(scratch('postgres'), 'cluster');
  const made = await startPostgres({ directory, durable: false });
  await made.stop();
  await rm(made.directory, { recursive: true });
  await copyFiles(backup, made.directory);
  return postgresOf(await startPostgres({ directory, port: made.port, durable: false }), directory);
}

function postgresOf(first: PostgresServer, directory: string): PrivatePostgres {
  const url = `${first.url}/holdfast`;
  let server = first;
  const startAgain = async (): Promise<PostgresServer> =>
    (server = await startPostgres({ directory, port: first.port, durable: false }));
  return {
    ...restartable(first, url, startAgain),
    backUp: () => copyWhileRunning(url, first.directory),
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    fillDisk: () => fullDisks.fillLog(url, first.directory),
    makeRoom: () => fullDisks.emptyLog(first.directory),
  };
}

/** The server's first process comes first: stopped, it makes no more of them. */
async function signalAll(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  for (const line of stdout.trim().split('\n')) {
    const [child = 0, parent] = line.trim().split(/ +/).map(Number);
    if (parent !== pid) continue;
    try {
      process.kill(child, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** The two calls around the copy make it whole: with the log between them, the server recovers from it as from a crash. */
async function copyWhileRunning(url: string, directory: string): Promise<string> {
  const backup = `${directory}-backup-${randomChars(8)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('a test', true)`);
    await copyFiles(directory, backup);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
    await copyFiles(`${directory}/pg_wal/.`, `${backup}/pg_wal/`);
    await writeFile(join(backup, 'backup_label'), rows[0]?.labelfile ?? '');
    const { uid, gid } = await stat(join(backup, 'PG_VERSION'));
    await chown(join(backup, 'backup_label'), uid, gid);
    await rm(join(backup, 'postmaster.pid'), { force: true });
    return backup;
  } finally {
    await client.end();
  }
}

/** With owners and modes: Postgres may run as another user than we. */
async function copyFiles(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function restartable<S extends PostgresServer>(first: S, url: string, startAgain: () => Promise<S>): PrivateStore {
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
