// An embedded Redis: started, adopted when an earlier run left it, stopped. See redis.d.mts for the types.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeWhole } from './files.mjs';
import { endPid, identify, lives } from './pids.mjs';
import { freePort } from './ports.mjs';
import { lastLines } from './programs.mjs';
import { findRedis, libraryEnvironment } from './redis-find.mjs';
import { Refusal } from './refusal.mjs';

/** From the first start to the first answer; the time includes reading the append-only file. */
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const PING_MS_MAX = 1_000;
const LOG_BYTES_MAX = 5_000_000;
const LOG = 'redis.log';
const RECORD = 'server.json';

/**
 * Everything but the port. `appendfsync always` is what lets a `202 queued` survive the loss of Redis's process and of
 * the machine; `noeviction` because a full Redis must refuse rather than forget a hold. Paths stay relative to the
 * working folder: Redis would take a space in one for the end of it.
 */
const flags = (durable) => [
  ...['--bind', '127.0.0.1', '--daemonize', 'no', '--logfile', LOG, '--maxmemory-policy', 'noeviction'],
  ...['--save', '', '--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'],
];

/** Starts the server of `directory`, or adopts the one that runs there. */
export async function startRedis({ directory, port, durable = true, binary, choosePort = freePort }) {
  const { path, libraryPath, version } = binary ?? (await findRedis());
  mkdirSync(directory, { recursive: true });
  const adopted = await findLiving(directory, port, durable);
  if (adopted) return server(adopted, version, true);

  const chosen = port ?? (await choosePort());
  const log = join(directory, LOG);
  if (existsSync(log) && statSync(log).size > LOG_BYTES_MAX) rmSync(log);
  const logBegan = existsSync(log) ? statSync(log).size : 0;
  // Detached: Ctrl-C in a terminal signals the whole group, and the store must outlive the application's drain.
  const child = spawn(path, ['--port', String(chosen), ...flags(durable)], {
    ...{ cwd: directory, detached: true, stdio: 'ignore', env: libraryEnvironment(libraryPath) },
  });
  child.on('error', () => {});
  child.unref();
  const record = { ...identify(child.pid), port: chosen, flags: flags(durable) };
  writeWhole(join(directory, RECORD), JSON.stringify(record));
  await untilItAnswers(child, record, () => {
    const said = existsSync(log) ? readFileSync(log).subarray(logBegan).toString() : '';
    return new Refusal(
      `Redis (${path}) did not start on port ${chosen}. The end of ${log}:\n${lastLines(said || 'it said nothing')}`,
    );
  });
  return server(record, version, false);
}

function server(record, version, adopted) {
  return {
    url: `redis://127.0.0.1:${record.port}`,
    port: record.port,
    pid: record.pid,
    version,
    adopted,
    lives: () => lives(record),
    stop: async () => void (await endPid(record, 'SIGTERM', STOP_MS_MAX)),
    kill: async () => void (await endPid(record, 'SIGKILL', 0)),
  };
}

/** The server that a killed run left, when it is as we would start it; one that is not is stopped. */
async function findLiving(directory, port, durable) {
  const record = readJson(join(directory, RECORD));
  if (!lives(record)) return null;
  const asWished = (port ?? record.port) === record.port && String(record.flags) === String(flags(durable));
  if (asWished && (await pings(record.port))) return record;
  await endPid(record, 'SIGTERM', STOP_MS_MAX);
  return null;
}

async function untilItAnswers(child, record, failure) {
  const giveUpAt = performance.now() + START_MS_MAX;
  while (!(await pings(record.port))) {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid || performance.now() > giveUpAt) {
      await endPid(record, 'SIGKILL', 0);
      throw failure();
    }
    await sleep(8);
  }
  if (!lives(record)) throw failure(); // somebody else answered on that port
}

/** Whether a Redis there answers PING with PONG; one that is still loading its file answers otherwise. */
export const pings = (port, host = '127.0.0.1') =>
  new Promise((resolve) => {
    const socket = connect({ port, host }, () => socket.write('PING\r\n'));
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PING_MS_MAX, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (reply) => end(reply.toString().startsWith('+PONG')));
  });
