// The application as a child: started, waited for, drained, and cleared away when an earlier run left it.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeWhole } from './files.mjs';
import { endPid, identify, lives } from './pids.mjs';

/** The application gives itself 10 s to drain; this is for one that hangs. */
const DRAIN_MS_MAX = 20_000;
/** Nobody waits for the answers of an orphan, and its stores may be dead; every promise it made survives a kill. */
const ORPHAN_MS_MAX = 4_000;
/** Each question is a line in the application's log while the answer is no. */
const POLL_MS = 50;
/** How often someone who waits for readiness is told why it is not there. */
const REASON_MS = 10_000;

const recordPath = (folder) => join(folder, 'application.json');

/** The application of a run that was killed -9 still has the port, and would meet the new one in the stores. */
export async function endOrphan(folder, progress) {
  const record = readJson(recordPath(folder));
  if (!lives(record)) return;
  await progress.step(`stopping the application that a killed run left (pid ${record.pid})`, async () => {
    const killed = await endPid(record, 'SIGTERM', ORPHAN_MS_MAX);
    return `application of a killed run (pid ${record.pid}) ${killed ? 'killed: it did not stop' : 'stopped'}`;
  });
}

/**
 * Starts dist/main.js in a group of its own, so that a Ctrl-C in the terminal reaches it once, from us. Returns
 * `{ pid, ended, stop, force }`; `ended` resolves with `{ code, signal }`, and `drained` in it says it was in time.
 */
export function launchApplication({ folder, env, stdio = 'inherit' }) {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    ...{ stdio, detached: true, env: { ...process.env, ...env } },
  });
  const record = identify(child.pid);
  writeWhole(recordPath(folder), JSON.stringify(record));
  let late = false;
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal, drained: !late }));
  }).finally(() => rmSync(recordPath(folder), { force: true }));
  return {
    pid: child.pid,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const deadline = sleep(DRAIN_MS_MAX, 'late', { ref: false });
      if ((await Promise.race([ended, deadline])) !== 'late') return;
      late = true;
      child.kill('SIGKILL');
    },
    force() {
      late = true;
      child.kill('SIGKILL');
    },
  };
}

/**
 * Waits until GET /health/ready answers 200. Returns true then, false when the application ended or a stop was asked.
 * It waits as long as that takes, since a rebuild may be long, and says now and then what the answer was.
 */
export async function untilReady({ url, application, stopping, progress }) {
  const over = new AbortController();
  void application.ended.then(() => over.abort());
  let toldAt = performance.now();
  while (!over.signal.aborted && !stopping.asked) {
    const { ready, reason } = await askReadiness(url);
    if (ready) return true;
    if (performance.now() - toldAt > REASON_MS) {
      progress.note(`waiting for ${url}/health/ready: ${reason}`);
      toldAt = performance.now();
    }
    await sleep(POLL_MS);
  }
  return false;
}

async function askReadiness(url) {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    return { ready: answer.status === 200, reason: `${answer.status} ${text.slice(0, 200)}` };
  } catch (error) {
    return { ready: false, reason: error.cause?.code ?? error.message };
  }
}
