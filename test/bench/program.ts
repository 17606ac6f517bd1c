import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BenchStores } from './bench-stores.js';

const START_MS_MAX = 60_000;
const LOOK_MS = 50;
const running = new Set<ChildProcess>();

/** However the bench ends, nothing that it started goes on. */
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that listens on a port of its own. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly startedInMs: number;
  stop(): Promise<void>;
}

/** Starts a compiled file and waits until `path` is answered with 200. What it prints goes to a file of its name. */
export async function startProgram(
  stores: BenchStores,
  name: string,
  file: string,
  env: NodeJS.ProcessEnv,
  path = '/health/ready',
): Promise<Program> {
  const port = await freePort();
  const log = openSync(join(stores.folder, `${name}.log`), 'w');
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  const options = (process.env['BENCH_NODE_OPTIONS_OF'] === name && process.env['BENCH_NODE_OPTIONS']) || '';
  const began = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', ...options.split(' ').filter(Boolean), file], {
    env: { ...inherited, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = `http://127.0.0.1:${port}${path}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() - began > START_MS_MAX)
      throw new Error(`${name} did not start; see ${join(stores.folder, `${name}.log`)}`);
    await after(LOOK_MS);
  }
  return { name, pid: child.pid ?? 0, port, startedInMs: performance.now() - began, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(killer);
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    return answer.status === 200 && !(await answer.text()).includes('"degraded":["');
  } catch {
    return false;
  }
}

export function after(ms: number): Promise<void> {
  return new Promise((passed) => setTimeout(passed, ms));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
