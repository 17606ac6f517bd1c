// Which redis-server to run: the one that was named, else one of this machine, else one of our cache, else a download.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isExecutable, onPath, projectRoot } from './files.mjs';
import { downloadRedis } from './redis-download.mjs';
import { Refusal } from './refusal.mjs';

/** BullMQ 6 wants 6.2; so do the commands of our scripts. */
const VERSION_MIN = [6, 2];
const USUAL_PLACES = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/home/linuxbrew/.linuxbrew/bin'];

/**
 * Finds a binary: `{ path, version, libraryPath }`. `announce` hears of a download, before it begins.
 * REDIS_SERVER_BIN is a decision: when it does not work, nothing else is tried behind the user's back.
 */
export async function findRedis({ announce = () => {}, signal } = {}) {
  const named = process.env.REDIS_SERVER_BIN;
  if (named) return examineNamed(resolve(projectRoot, named));
  const onMachine = ['redis-server', 'valkey-server'].flatMap((name) => [
    onPath(name),
    ...USUAL_PLACES.map((folder) => join(folder, name)),
  ]);
  const tooOld = [];
  for (const path of new Set(onMachine)) {
    if (!path || !existsSync(path)) continue;
    const found = examine(path);
    if (found?.good) return found;
    if (found) tooOld.push(`${path} is ${found.version}`);
  }
  for (const cache of cacheFolders()) {
    const found = examineCache(cache);
    if (found?.good) return found;
  }
  const reasons = [];
  for (const cache of cacheFolders()) {
    const failure = await downloadRedis(cache, { announce, signal });
    const found = failure ? null : examineCache(cache);
    if (found?.good) return found;
    reasons.push(
      failure ?? `the downloaded ${cache}/usr/bin/redis-server ${found ? `is ${found.version}` : 'does not run here'}`,
    );
  }
  throw new Refusal(waysOut([...tooOld, ...reasons]));
}

/** The user's own cache, so that all clones share one copy; the clone's folder for a user without a home. */
function cacheFolders() {
  const user = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return [join(user, 'holdfast', 'redis'), resolve(projectRoot, process.env.DATA_DIR || '.data', 'cache', 'redis')];
}

function examineCache(cache) {
  const path = join(cache, 'usr/bin/redis-server');
  return existsSync(path) ? examine(path, libraryFolders(cache)) : null;
}

/** Debian puts libraries into usr/lib/<machine>; the packages are unpacked here, where the loader does not look. */
function libraryFolders(cache) {
  return ['usr/lib', 'lib']
    .map((folder) => join(cache, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((machine) => join(folder, machine)))
    .join(':');
}

function examineNamed(path) {
  const found = isExecutable(path) ? examine(path, process.env.REDIS_SERVER_LIBRARY_PATH) : null;
  if (found?.good) return found;
  const why = found
    ? `is version ${found.version}; ${VERSION_MIN.join('.')} or newer is needed`
    : 'is no redis-server or valkey-server that runs here';
  throw new Refusal(`REDIS_SERVER_BIN: ${path} ${why}. Name another one, or unset it to have one found.`);
}

/** Runs `--version`: a binary that is there may still lack a library. Null when it does not run. */
function examine(path, libraryPath = '') {
  const { stdout } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    timeout: 5_000,
    env: libraryEnvironment(libraryPath),
  });
  const [, version] = stdout?.match(/\bv=(\d+\.\d+[\d.]*)/) ?? [];
  if (!version) return null;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  return { path, version, libraryPath, good };
}

export function libraryEnvironment(libraryPath) {
  const all = [libraryPath, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return all ? { PATH: process.env.PATH, LD_LIBRARY_PATH: all } : { PATH: process.env.PATH };
}

const waysOut = (reasons) =>
  [
    'No Redis was found on this machine, and none could be downloaded:',
    ...new Set(reasons.map((reason) => `  (${reason})`)),
    `One of these will do (Redis ${VERSION_MIN.join('.')} or newer, or Valkey):`,
    '  sudo apt-get install redis-server          on Debian and Ubuntu',
    '  brew install redis                         on macOS',
    '  REDIS_SERVER_BIN=/path/to/redis-server     a binary you have',
    '  docker run -d -p 127.0.0.1:6379:6379 redis:7 redis-server --appendonly yes --appendfsync always',
    '      and then REDIS_URL=redis://127.0.0.1:6379 npm start      (for npm test: TEST_REDIS_URL)',
  ].join('\n');
