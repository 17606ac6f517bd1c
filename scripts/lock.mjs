// Locks between runs in one clone. A lock is a file that names its holder, so a killed run never locks anyone out.
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeStoreFolder, readJson } from './files.mjs';
import { identify, lives } from './pids.mjs';

/**
 * Takes the lock, or returns who has it: `{ release }` or `{ holder }`. `notes` are kept in the file for the sentence
 * that the next one is told. A lock whose holder died is taken over.
 */
export function takeLock(path, notes = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = { ...identify(process.pid), ...notes };
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, JSON.stringify(mine));
  try {
    for (;;) {
      try {
        linkSync(candidate, path); // link, not open: the lock appears with its content, or not at all
        return { release: () => releaseLock(path, mine) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readJson(path);
      if (lives(holder)) return { holder };
      moveDeadLock(path);
    }
  } finally {
    rmSync(candidate, { force: true });
  }
}

/** A folder that is nobody else's: several runs of a kind may work in one clone at once, and so on stores of their own. */
export function takeNumberedFolder(kind) {
  for (let number = 1; ; number++) {
    const folder = makeStoreFolder(number === 1 ? kind : `${kind}-${number}`);
    const lock = takeLock(join(folder, 'lock.json'));
    if (lock.release) return { folder, lock };
  }
}

/** Waits for the lock as long as its holder lives; `onWait` is told once who that is. */
export async function waitForLock(path, { signal, onWait }) {
  for (let waits = 0; ; waits++) {
    const lock = takeLock(path);
    if (lock.release) return lock;
    if (waits === 0) onWait(lock.holder);
    await sleep(150, undefined, { signal });
  }
}

function releaseLock(path, mine) {
  if (readJson(path)?.pid === mine.pid) rmSync(path, { force: true });
}

/** Two runs may find the same dead lock; renaming lets one of them win, and a living lock moved by mistake go back. */
function moveDeadLock(path) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (lives(readJson(aside))) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
