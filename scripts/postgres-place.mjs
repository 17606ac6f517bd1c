// Where the embedded Postgres runs: which binaries, as which system user, in a folder that this user can reach.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { projectRoot, sha256 } from './files.mjs';
import { completeBinaries, copyBinaries, shippedBinaries } from './postgres-binaries.mjs';
import { Refusal } from './refusal.mjs';

/**
 * Decides `{ bin, directory, ids, moved }` for one server. Postgres refuses to run as root, so root starts it as
 * another user; where that user cannot reach the clone (one under /root, say), binaries and files move to /var/tmp.
 */
export function choosePlace(directory) {
  const native = shippedBinaries();
  const complete = completeBinaries(native);
  mkdirSync(dirname(directory), { recursive: true });
  if (process.getuid?.() !== 0) {
    const binaries = complete ? native : copyBinaries(native, dirname(directory));
    refuseForeignFolder(directory);
    return { bin: join(binaries, 'bin'), directory, ids: {}, moved: false };
  }
  const ids = unprivilegedUser();
  const binaries = complete && canReach(native, ids) ? native : copyBinaries(native, outsideFolder());
  const moved = !canEnter(dirname(directory), ids);
  const place = moved ? makePlaceOutside(directory) : directory;
  giveTo(place, ids);
  return { bin: join(binaries, 'bin'), directory: place, ids, moved };
}

/** The user `postgres`, else `nobody`; initdb wants one that /etc/passwd knows. */
function unprivilegedUser() {
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (row) return { uid: Number(row[2]), gid: Number(row[3]) };
  throw new Refusal(
    'Postgres does not run as root, and this machine has neither a user `postgres` nor `nobody`. Run this as an ordinary user, or set DATABASE_URL.',
  );
}

/** Asked of the system itself: modes, owners, access lists and mounts all have a say. */
const may = (ids, script, path) => spawnSync('/bin/sh', ['-c', script, path], { ...ids, cwd: '/' }).status === 0;
const canEnter = (folder, ids) => may(ids, 'cd "$0"', folder);
const canReach = (native, ids) =>
  may(ids, 'test -x "$0/bin/postgres" && test -r "$0/share/postgresql/postgres.bki"', native);

const outsidePath = () =>
  join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `holdfast-${sha256(projectRoot).slice(0, 12)}`);

/** The folder for what cannot stay in the clone. /var/tmp is everybody's, so one that is not ours is refused. */
function outsideFolder() {
  const folder = outsidePath();
  mkdirSync(folder, { recursive: true });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid()) {
    throw new Refusal(
      `${folder} was made by another user. Delete it, or move the clone to a folder that all users can enter.`,
    );
  }
  chmodSync(folder, 0o755);
  return folder;
}

/** Where a folder of the clone would be outside. */
export function placeOutside(directory) {
  const inside = relative(projectRoot, directory);
  return join(outsidePath(), 'stores', inside.startsWith('..') ? sha256(directory).slice(0, 12) : inside);
}

/** Made step by step, because a strict umask would close the folders to the user they are made for. */
function makePlaceOutside(directory) {
  const place = placeOutside(directory);
  let folder = outsideFolder();
  for (const step of relative(folder, dirname(place)).split('/')) {
    folder = join(folder, step);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
  return place;
}

/** The user can be another one than last time, when a `postgres` was added to the machine in between. */
function giveTo(directory, { uid, gid }) {
  if (!existsSync(directory) || statSync(directory).uid === uid) return;
  spawnSync('chown', ['-R', '-h', `${uid}:${gid}`, directory]);
}

function refuseForeignFolder(directory) {
  if (!existsSync(directory) || statSync(directory).uid === process.getuid?.()) return;
  throw new Refusal(
    `${directory} belongs to another user; an earlier run was probably made as root. ` +
      'Delete that folder, give it to this user with chown -R, or use another one: DATA_DIR=.mine npm start',
  );
}
