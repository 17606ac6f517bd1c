// `npm run chaos`: compiles test/chaos as the build compiles src, and runs it with plain Node on stores of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, makeStoreFolder, projectRoot, writeWhole } from './files.mjs';
import { takeLock } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { findRedis } from './redis-find.mjs';
import { endStrays } from './scratch.mjs';

/** Below the project, so that its packages are found from here. */
const target = join(projectRoot, '.data', 'chaos-code');
/** What test/chaos is made of. */
const FOLDERS = ['test/chaos', 'test/e2e', 'test/conformance'];
const FILES = ['test/settings.ts', 'test/stores.ts'];

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const { folder, lock } = takeFolder();
  const scratch = join(folder, 'scratch');
  try {
    await endStrays(scratch);
    await progress.step('compiling', compile);
    const binary = await findRedis({ announce: progress.note, signal: stopping.signal });
    const env = {
      ...{ TEST_SCRATCH_DIRECTORY: scratch, CHAOS_DIRECTORY: folder },
      ...{ REDIS_SERVER_BIN: binary.path, REDIS_SERVER_LIBRARY_PATH: binary.libraryPath ?? '' },
    };
    return await runProgram({ args, env, stopping });
  } finally {
    await endStrays(scratch);
    lock.release();
  }
}

/** Several runs may go on in one clone, each with a folder of its own. */
function takeFolder() {
  for (let number = 1; ; number++) {
    const folder = makeStoreFolder(number === 1 ? 'chaos' : `chaos-${number}`);
    const lock = takeLock(join(folder, 'lock.json'));
    if (lock.release) return { folder, lock };
  }
}

/** src and scripts are linked to: what runs in the processes is what the checks are made with. */
async function compile() {
  const swc = (await import('@swc/core')).default;
  const files = FOLDERS.flatMap((folder) => filesBelow(join(projectRoot, folder)));
  const code = files.filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));
  for (const path of [...code, ...FILES.map((name) => join(projectRoot, name))]) {
    const { code } = await swc.transformFile(path, {
      ...{ configFile: join(projectRoot, '.swcrc'), sourceMaps: 'inline' },
    });
    writeWhole(join(target, relative(projectRoot, path).replace(/\.ts$/, '.js')), code);
  }
  link('dist', 'src');
  link('scripts', 'scripts');
}

function link(from, name) {
  mkdirSync(target, { recursive: true });
  const path = join(target, name);
  if (existsSync(path)) return;
  rmSync(path, { force: true });
  symlinkSync(join(projectRoot, from), path, 'dir');
}

/** It stays in our group: a terminal's Ctrl-C reaches it directly. */
function runProgram({ args, env, stopping }) {
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(target, 'test/chaos/run.js'), ...args], {
      stdio: 'inherit',
      env: { ...inherited, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    stopping.onAsk(() => child.kill('SIGTERM'));
    stopping.onForce(() => child.kill('SIGKILL'));
  });
}
