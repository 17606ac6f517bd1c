// Ports: whether one is free, who has it, and one that stays the same from run to run.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { readJson, writeWhole } from './files.mjs';
import { commandOf } from './pids.mjs';
import { Refusal } from './refusal.mjs';

/** Below the range from which systems take the near ends of outgoing connections, so that a stored port stays free. */
const EMBEDDED_PORTS = { from: 21_000, count: 8_000 };

/** Whether we could listen there: null, or the code of the error. */
export const refusalToListen = (port, host = '127.0.0.1') =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });

/** Whether somebody answers there. */
export const answers = (port, host = '127.0.0.1', patienceMs = 1_000) =>
  new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(patienceMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });

/** A port nobody listens on; random, so that two runs that look at the same time rarely find the same one. */
export async function freePort() {
  for (;;) {
    const port = EMBEDDED_PORTS.from + Math.floor(Math.random() * EMBEDDED_PORTS.count);
    if ((await refusalToListen(port)) === null) return port;
  }
}

/** The port that a store had in this folder last time, when it is still free: tools that were told it go on working. */
export async function keptPort(folder, store) {
  const path = join(folder, 'ports.json');
  const kept = readJson(path)?.[store];
  if (kept && (await refusalToListen(kept)) === null) return kept;
  const port = await freePort();
  writeWhole(path, JSON.stringify({ ...readJson(path), [store]: port }));
  return port;
}

/** Comes before the long work, so that nobody waits half a minute to read that the port is taken. */
export async function refuseTakenPort(port, host) {
  const code = await refusalToListen(port, host);
  if (code === null) return;
  if (code === 'EACCES') throw new Refusal(`PORT ${port} is for root only. Take one above 1023: PORT=3000 npm start`);
  if (code !== 'EADDRINUSE')
    throw new Refusal(`HOST ${host} is not an address of this machine (${code}). Unset HOST to listen on 127.0.0.1`);
  let next = port < 65_000 ? port + 1 : 3_001;
  while ((await refusalToListen(next, host)) !== null) next++;
  throw new Refusal(
    `PORT ${port} is taken by ${listenerOf(port) ?? 'another program'}. Stop that, or take another port: PORT=${next} npm start`,
  );
}

function listenerOf(port) {
  try {
    const pid = process.platform === 'linux' ? listeningPid(port) : lsofPid(port);
    return pid ? `${commandOf(pid) ?? 'a program'} (pid ${pid})` : null;
  } catch {
    return null;
  }
}

function lsofPid(port) {
  const { stdout } = spawnSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
  return Number(stdout?.split('\n')[0]) || null;
}

/** Linux has no call for it: find the listening socket's inode, then the program that has it open. */
function listeningPid(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => readFileSync(table, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((column) => column[1]?.endsWith(`:${hex}`) && column[3] === '0A')
    .map((column) => `socket:[${column[9]}]`);
  return readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && opens(pid, inodes)) ?? null;
}

function opens(pid, links) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => links.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // another user's program, or one that has just ended
  }
}
