// An embedded Postgres: made, started, adopted when an earlier run left it, stopped. See postgres.d.mts for the types.
import { spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, endPid, identify, lives } from './pids.mjs';
import { answers, freePort } from './ports.mjs';
import { choosePlace } from './postgres-place.mjs';
import { lastLines, runOrRefuse } from './programs.mjs';
import { Refusal } from './refusal.mjs';

/** From the first start to "ready"; the time includes the recovery after a crash. */
const START_MS_MAX = 60_000;
/** A postmaster that was killed -9 leaves children that hold its shared memory for a moment. */
const LEFTOVER_MS_MAX = 10_000;
const STOP_MS_MAX = 10_000;
const LOG_BYTES_MAX = 5_000_000;

const SETTINGS = [
  ...[
    'max_connections=200',
    'shared_buffers=128MB',
    'max_wal_size=2GB',
    'checkpoint_timeout=15min',
    'wal_compression=on',
  ],
  ...['jit=off', 'random_page_cost=1.1', 'timezone=UTC', 'log_timezone=UTC'],
];
/** For tests: a commit may be lost with the machine, but not with a killed server, so synchronous_commit stays on. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off'];

/** What the server is started with, apart from its port. */
const flags = ({ directory, durable }) => [
  ...['-D', directory, '-h', '127.0.0.1', '-k', ''], // no socket file: its path could be too long for the system
  ...[...SETTINGS, ...(durable ? [] : FORGETFUL)].flatMap((setting) => ['-c', setting]),
];

/** Starts the server of `directory`, making it first when needed, or adopts the one that runs there. */
export async function startPostgres({ directory, port, durable = true, disposable = false, choosePort = freePort }) {
  const place = { ...choosePlace(directory), durable, log: join(dirname(directory), 'postgres.log') };
  const living = await findLiving(place, port);
  if (living) return server(living.record, living.port, place, true);
  if (!existsSync(join(place.directory, '.ready'))) await makeCluster(place);
  const chosen = port ?? (await choosePort());
  try {
    return server(await launch(place, chosen), chosen, place, false);
  } catch (error) {
    if (!disposable) throw error;
    await makeCluster(place);
    return server(await launch(place, chosen), chosen, place, false);
  }
}

function server(record, port, place, adopted) {
  return {
    url: `postgres://postgres@127.0.0.1:${port}`,
    port,
    pid: record.pid,
    adopted,
    directory: place.directory,
    moved: place.moved,
    lives: () => lives(record),
    /** "Fast" shutdown: open transactions are rolled back, everything committed is on disk. */
    stop: async () => void (await endPid(record, 'SIGINT', STOP_MS_MAX)),
    /** As a power cut of this one program. */
    kill: async () => void (await endPid(record, 'SIGKILL', 0)),
  };
}

/** Lines of postmaster.pid: 1 pid, 4 port, 8 status. */
function readPidFile(directory) {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return null;
  }
}

/** The living server of a cluster's folder, or null. */
export function findPostmaster(directory) {
  const found = readPidFile(directory);
  const record = found && identify(found.pid);
  return lives(record) && commandOf(found.pid) === 'postgres' ? { ...found, record } : null;
}

/**
 * The server that an earlier, killed run left, when it is as we would start it. One that is not is stopped; the pid
 * file of a dead one is deleted, because its pid may now be another program's, and a zombie would block the start.
 */
async function findLiving(place, port) {
  const found = findPostmaster(place.directory);
  if (!found) {
    rmSync(join(place.directory, 'postmaster.pid'), { force: true });
    return null;
  }
  const { record } = found;
  const asWished = (port ?? found.port) === found.port && startedWith(place, found.port);
  if (found.ready && asWished && (await answers(found.port))) return { record, port: found.port };
  await endPid(record, 'SIGINT', STOP_MS_MAX);
  rmSync(join(place.directory, 'postmaster.pid'), { force: true });
  return null;
}

function startedWith(place, port) {
  const options = readFileSync(join(place.directory, 'postmaster.opts'), 'utf8');
  return options.trim().endsWith([...flags(place), '-p', String(port)].map((word) => `"${word}"`).join(' '));
}

/** `.ready` is written last: without it the folder is half made, and is made again. */
async function makeCluster({ bin, directory, ids, durable }) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (ids.uid !== undefined) chownSync(directory, ids.uid, ids.gid);
  const how = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', ...(durable ? [] : ['--no-sync'])];
  await runOrRefuse('Making the database cluster (initdb)', join(bin, 'initdb'), ['-D', directory, ...how], {
    ids,
    cwd: '/',
    env: { LC_ALL: 'C' },
    advice: `Delete ${directory} and run this again, or use a Postgres of your own: set DATABASE_URL.`,
  });
  writeFileSync(join(directory, '.ready'), '');
}

/** Starts the program and waits until it is ready; returns its pid record. */
async function launch(place, port) {
  const giveUpAt = performance.now() + LEFTOVER_MS_MAX;
  for (;;) {
    const { record, complaint } = await launchOnce(place, port);
    if (record) return record;
    const leftover = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(complaint);
    if (!leftover || performance.now() > giveUpAt) {
      throw new Refusal(`Postgres did not start on port ${port}. The end of ${place.log}:\n${lastLines(complaint)}`);
    }
    await sleep(100);
  }
}

async function launchOnce(place, port) {
  const child = spawnDetached(place, port);
  const logBegan = statSync(place.log).size;
  const record = identify(child.pid);
  const giveUpAt = performance.now() + START_MS_MAX;
  while (child.exitCode === null && child.signalCode === null && performance.now() < giveUpAt) {
    const found = readPidFile(place.directory);
    if (found?.ready && found.pid === child.pid) return { record };
    await sleep(8);
  }
  await endPid(record, 'SIGKILL', 0);
  return { complaint: readFileSync(place.log).subarray(logBegan).toString() || 'it said nothing' };
}

/**
 * Detached, because Ctrl-C in a terminal signals the whole group, and the store must outlive the application's drain.
 * It writes to a file, not to a pipe of ours, so that it also outlives us.
 */
function spawnDetached(place, port) {
  const keep = existsSync(place.log) && statSync(place.log).size < LOG_BYTES_MAX;
  const log = openSync(place.log, keep ? 'a' : 'w');
  const child = spawn(join(place.bin, 'postgres'), [...flags(place), '-p', String(port)], {
    ...place.ids,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, LC_ALL: 'C' }, // none of our keys, no PG* of the user's
  });
  closeSync(log);
  child.on('error', () => {}); // then it has no pid, and the loop ends with what the log says
  child.unref();
  return child;
}
