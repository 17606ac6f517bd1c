import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { residentMegabytesOf } from '../cpu-time.js';
import { Once } from '../once.js';
import { after, freePort } from '../program.js';
import type { Arena, Round } from '../round.js';
import { atMost, type Row } from './row.js';

const START_MS_MAX = 120_000;
const SETTLE_MS = 3_000;

interface Started {
  readonly seconds: number;
  readonly megabytes: number;
}

const warm = new WeakSet<Arena>();

/** `npm start` without npm, on a folder of its own, until it is healthy; then left alone, and stopped. */
async function startOnce({ stores }: Arena): Promise<Started> {
  const port = await freePort();
  const folder = join(stores.folder, 'start');
  const log = openSync(join(stores.folder, 'start.log'), 'w');
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  const began = performance.now();
  const env = { ...inherited, DATA_DIR: folder, PORT: String(port), HOST: '127.0.0.1' };
  const child = spawn(process.execPath, ['scripts/run.mjs', 'start'], { env, stdio: ['ignore', log, log] });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    while (!(await isHealthy(port))) {
      if (child.exitCode !== null || performance.now() - began > START_MS_MAX) throw new Error('npm start failed');
      await after(20);
    }
    const seconds = (performance.now() - began) / 1_000;
    await after(SETTLE_MS);
    return { seconds, megabytes: residentMegabytesOf(applicationPid(folder)) ?? NaN };
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    process.off('exit', kill);
  }
}

const isHealthy = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );

function applicationPid(folder: string): number {
  const record = JSON.parse(readFileSync(join(folder, 'start', 'application.json'), 'utf8')) as { pid: number };
  return record.pid;
}

async function measureStart({ arena }: Round): Promise<Started> {
  if (!warm.has(arena)) await startOnce(arena);
  warm.add(arena);
  return startOnce(arena);
}

const starts = new Once(measureStart);

export const START_ROWS: readonly Row[] = [
  {
    ...{ name: 'start', figure: 'warm npm start to healthy', asked: '≤ 3 s', unit: 's', reached: atMost(3) },
    measure: async (round) => (await starts.of(round)).seconds,
  },
  {
    ...{ name: 'memory', figure: 'RSS of an idle all-in-one process', asked: '≤ 250 MB', unit: 'MB' },
    reached: atMost(250),
    measure: async (round) => (await starts.of(round)).megabytes,
  },
];
