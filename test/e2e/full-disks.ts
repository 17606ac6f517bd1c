import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { RedisBinary } from '../../scripts/redis.mjs';
import { eventually } from './eventually.js';

/** Nothing that is written to the one has room (ENOSPC); what is written to the other cannot be fsynced. */
export type Device = '/dev/full' | '/dev/null';

/** A test that needs these devices. Where there are none, as on macOS, it does nothing, and its name says so. */
export function itOnDevices(name: string, test: () => Promise<void>, msMax: number): void {
  if (existsSync('/dev/full')) it(name, test, msMax);
  else it(`${name} (not tried: this system has no /dev/full)`, () => undefined);
}

const SEGMENT = /^[0-9A-F]{24}$/;
const SEGMENTS_MAX = 20;
/** What a shell counts in; the one that counts in two of them leaves twice the room. */
const BLOCK = 512;

/** The Redis of this machine, under a limit on what a file may grow to: beyond it writes fail, as on a full disk. */
export async function redisWithin(directory: string, bytes: number): Promise<RedisBinary> {
  const { REDIS_SERVER_BIN: binary, REDIS_SERVER_LIBRARY_PATH: libraryPath = '' } = process.env;
  const path = join(directory, 'redis-within.sh');
  // Without the trap a write beyond the limit would be a signal that ends Redis, and not an error.
  const lines = ['#!/bin/sh', `trap '' XFSZ`, `ulimit -f ${Math.floor(bytes / BLOCK)}`, `exec "${binary}" "$@"`, ''];
  await writeFile(path, lines.join('\n'));
  await chmod(path, 0o755);
  return { path, libraryPath, version: '' };
}

/** Puts `device` where Redis makes its next file to append to, and has it begin that one: all later writes go there. */
export async function appendTo(url: string, files: string, device: Device): Promise<void> {
  const manifest = (): Promise<string> => readFile(join(files, 'appendonly.aof.manifest'), 'utf8');
  await withRedis(url, (redis) => eventually('no rewrite is under way', async () => !(await aofOf(redis)).isRewritten));
  const sequence = Number(/seq (\d+) type i\s*$/.exec(await manifest())?.[1]);
  const next = `appendonly.aof.${sequence + 1}.incr.aof`;
  await symlink(device, join(files, next));
  // It may be over before its answer is there.
  await withRedis(url, (redis) => redis.bgrewriteaof().catch(() => undefined));
  await eventually(`Redis appends to ${device}`, async () => (await manifest()).includes(next));
}

/** Redis writes all that it has to a new file, and appends to another new one. */
export async function appendToFile(url: string): Promise<void> {
  await withRedis(url, (redis) =>
    eventually('Redis appends to a file', async () => {
      const { isRewritten, isWritten } = await aofOf(redis);
      if (!isRewritten && !isWritten) await redis.bgrewriteaof();
      return !isRewritten && isWritten;
    }),
  );
}

async function aofOf(redis: Redis): Promise<{ isRewritten: boolean; isWritten: boolean }> {
  const told = await redis.info('persistence');
  return {
    isRewritten: !told.includes('aof_rewrite_in_progress:0'),
    isWritten: told.includes('aof_last_write_status:ok'),
  };
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** What Redis appended to a device is nowhere: in place of it there is an empty file. */
export async function dropDevices(files: string): Promise<void> {
  for (const path of await linksIn(files)) {
    await rm(path);
    await writeFile(path, '');
  }
}

export async function largestFile(files: string): Promise<number> {
  const sizes = (await readdir(files)).map(async (name) => (await stat(join(files, name))).size);
  return Math.max(...(await Promise.all(sizes)));
}

/** Puts /dev/full where Postgres's log goes on next, and lets it come there. */
export async function fillLog(url: string, directory: string): Promise<void> {
  const log = join(directory, 'pg_wal');
  const last =
    (await readdir(log))
      .filter((name) => SEGMENT.test(name))
      .sort()
      .at(-1) ?? '';
  const next = (BigInt(`0x${last}`) + 1n).toString(16).toUpperCase().padStart(24, '0');
  await symlink('/dev/full', join(log, next));
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let segment = 0; segment < SEGMENTS_MAX; segment++) {
      await client.query(`SELECT pg_logical_emit_message(true, 'a test', 'fills the log')`);
      await client.query('SELECT pg_switch_wal()');
    }
  } catch {
    return;
  } finally {
    await client.end().catch(() => undefined);
  }
  throw new Error('the log of Postgres has room enough');
}

export async function emptyLog(directory: string): Promise<void> {
  for (const path of await linksIn(join(directory, 'pg_wal'))) await rm(path);
}

async function linksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(folder, name));
}
