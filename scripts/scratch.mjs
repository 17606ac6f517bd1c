// Servers that a test started for itself, to kill them, and that a failed or killed test left running.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './files.mjs';
import { endPid } from './pids.mjs';
import { findPostmaster } from './postgres.mjs';
import { placeOutside } from './postgres-place.mjs';

const PATIENCE_MS = 2_000;

/** Ends every Postgres and Redis whose files are below `scratch`, and deletes the folder. */
export async function endStrays(scratch) {
  for (const folder of [scratch, placeOutside(scratch)]) {
    if (!folder || !existsSync(folder)) continue;
    for (const record of recordsBelow(folder)) await endPid(record, 'SIGTERM', PATIENCE_MS);
    rmSync(folder, { recursive: true, force: true });
  }
}

function recordsBelow(folder) {
  const names = readdirSync(folder, { withFileTypes: true });
  if (names.some(({ name }) => name === 'PG_VERSION')) return [findPostmaster(folder)?.record].filter(Boolean);
  if (names.some(({ name }) => name === 'server.json')) return [readJson(join(folder, 'server.json'))].filter(Boolean);
  return names.filter((entry) => entry.isDirectory()).flatMap((entry) => recordsBelow(join(folder, entry.name)));
}
