// Files that several steps read or write: the project's root, stamps, whole-file writes, folder walks.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from './refusal.mjs';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Postgres and Redis stop hard on a full disk, in the middle of the user's work; better to say so at start. */
const FREE_MEGABYTES_MIN = 256;

/** Every file below a folder, as sorted paths that begin with the folder. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** The file's JSON, or null when it is missing, half written or not JSON: all of them mean "begin anew". */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes through a rename, so that a killed run leaves the old file or the new one, never half of one. */
export function writeWhole(path, content, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content, { mode });
  renameSync(partial, path);
}

const stampPath = (name) => join(projectRoot, 'node_modules', '.cache', 'holdfast', name);

/** What a step noted when it last succeeded. Stamps live in node_modules: a fresh install forgets them all. */
export const readStamp = (name) => readJson(stampPath(name));
export const writeStamp = (name, value) => writeWhole(stampPath(name), JSON.stringify(value));

/** The folder of one mode's stores, made and tried: a refusal here is clearer than one of initdb's. */
export function makeStoreFolder(mode) {
  const folder = resolve(projectRoot, process.env.DATA_DIR || '.data', mode);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(
      `DATA_DIR: ${folder} cannot be written (${error.code}). Set another folder: DATA_DIR=/some/writable/folder`,
    );
  }
  refuseFullDisk(folder, FREE_MEGABYTES_MIN);
  return folder;
}

export function refuseFullDisk(folder, megabytesMin) {
  const { bavail, bsize } = statfsSync(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  if (megabytes >= megabytesMin) return;
  throw new Refusal(
    `Only ${megabytes} MB are free on the disk of ${folder}; ${megabytesMin} MB are needed. Free some space, or set DATA_DIR=/other/disk/holdfast`,
  );
}

/** The first executable of that name on PATH, or null. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const path = join(folder, name);
    if (folder && existsSync(path) && isExecutable(path)) return path;
  }
  return null;
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
