// `npm run bench`: compiles test/bench as the build compiles src, and runs it with plain Node on durable stores of its
// own (AOF always, fsync on), or on those of BENCH_DATABASE_URL and BENCH_REDIS_URL.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, makeStoreFolder, projectRoot, writeWhole } from './files.mjs';
import { takeLock } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { openStores } from './stores.mjs';

/** Below the project, so that its packages are found from here. */
const target = join(projectRoot, '.data', 'bench-code');

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const folder = makeStoreFolder('bench');
  const lock = takeLock(join(folder, 'lock.json'));
  if (lock.holder) throw new Refusal(`A bench already runs in ${folder} (pid ${lock.holder.pid}).`);
  const { BENCH_DATABASE_URL: postgresUrl, BENCH_REDIS_URL: redisUrl } = process.env;
  let stores;
  try {
    await progress.step('compiling', compile);
    if (!redisUrl) rmSync(join(folder, 'redis'), { recursive: true, force: true }); // nothing of an earlier run
    const named = { postgresUrl, redisUrl, redisSetting: 'BENCH_REDIS_URL' };
    stores = await openStores({ folder, durable: true, ...named, progress, stopping });
    const { postgres, redis } = stores;
    const env = {
      ...{ BENCH_DATABASE_URL: postgresUrl ?? `${postgres.url}/postgres`, BENCH_REDIS_URL: redisUrl ?? redis.url },
      ...{ BENCH_POSTGRES_PID: postgres?.pid ?? '', BENCH_REDIS_PID: redis?.pid ?? '', BENCH_DIRECTORY: folder },
    };
    return await runProgram({ args, env, stopping });
  } finally {
    await stores?.stop();
    lock.release();
  }
}

async function compile() {
  const swc = (await import('@swc/core')).default;
  rmSync(target, { recursive: true, force: true });
  for (const path of filesBelow(join(projectRoot, 'test', 'bench'))) {
    if (!path.endsWith('.ts') || path.endsWith('.spec.ts')) continue;
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
  if (!existsSync(path)) symlinkSync(join(projectRoot, from), path, 'dir');
}

/** It stays in our group: a terminal's Ctrl-C reaches it directly. */
function runProgram({ args, env, stopping }) {
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(target, 'test/bench/run.js'), ...args], {
      stdio: 'inherit',
      env: { ...inherited, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    stopping.onAsk(() => child.kill('SIGTERM'));
    stopping.onForce(() => child.kill('SIGKILL'));
  });
}
