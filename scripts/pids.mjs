// Which program a remembered pid belongs to. Pids are reused, so none is signalled before its birth has been compared.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A text that differs between two programs that had the same pid one after the other; null when nothing lives there.
 * A zombie counts as dead: where PID 1 reaps slowly, a killed orphan stays visible to kill(pid, 0) for minutes.
 */
export function birthOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19];
    } catch {
      return null;
    }
  }
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, started] = ps.stdout?.trim().match(/^(\S+)\s+(.*)$/) ?? [];
  return !state || state.startsWith('Z') ? null : started;
}

/** What we write into a pid file. */
export const identify = (pid) => ({ pid, birth: birthOf(pid) });

/** Whether the program that was written down still lives. */
export const lives = (record) => Boolean(record?.pid && record.birth && birthOf(record.pid) === record.birth);

/** The program's short name (`node`, `postgres`), or null. */
export function commandOf(pid) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    const ps = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.stdout.trim().split('/').pop() || null;
  } catch {
    return null;
  }
}

/** Sends `signal`, waits until the program is gone, and kills it after `patienceMs`. Returns whether it had to. */
export async function endPid(record, signal, patienceMs) {
  let killed = false;
  const insistAt = performance.now() + patienceMs;
  if (!lives(record)) return killed;
  send(record.pid, signal);
  while (lives(record)) {
    if (!killed && performance.now() > insistAt) {
      send(record.pid, 'SIGKILL');
      killed = true;
    }
    await sleep(10);
  }
  return killed;
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
