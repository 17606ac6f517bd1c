// `npm run mutate [-- --only hold --sample 500 --seed 7 --resume]`: changes the Lua scripts in every small way and counts what
// the tests notice. The tests run outside Jest, compiled once, on a Postgres of their own and a Redis for each bench.
import { cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runCompiled } from './compile.mjs';
import { makeTemplate, TEMPLATE_DATABASE } from './databases.mjs';
import { filesBelow, makeStoreFolder, projectRoot, writeWhole } from './files.mjs';
import { takeLock } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { findRedis } from './redis-find.mjs';
import { Refusal } from './refusal.mjs';
import { endStrays } from './scratch.mjs';
import { openStores } from './stores.mjs';

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const folder = makeStoreFolder('mutation');
  const lock = takeLock(join(folder, 'lock.json'));
  if (lock.holder) throw new Refusal(`A mutation run goes on in ${folder} already (pid ${lock.holder.pid}).`);
  const root = join(folder, 'benches');
  let stores;
  try {
    await endStrays(root);
    await progress.step('compiling', () => compileAll(join(root, 'code')));
    stores = await openStores({ folder, durable: false, progress, stopping });
    const url = `${stores.postgres.url}/postgres`;
    await progress.step('making the template database', () => makeTemplate(url, { alone: true }).then(() => undefined));
    const binary = await findRedis({ announce: progress.note, signal: stopping.signal });
    const env = {
      ...{ TEST_DATABASE_URL: url, TEST_TEMPLATE_DATABASE: TEMPLATE_DATABASE, MUTATION_DIRECTORY: root },
      ...{ MODEL_COMMANDS: '2500', MODEL_SEED: '1', MODEL_SHRINK: 'false' },
      ...{ REDIS_SERVER_BIN: binary.path, REDIS_SERVER_LIBRARY_PATH: binary.libraryPath ?? '' },
    };
    return await runCompiled(join(root, 'code', 'test/mutation/run.js'), { args, env, stopping });
  } finally {
    await endStrays(root);
    await stores?.stop();
    lock.release();
  }
}

/** Specs too, and copies instead of links: each bench changes the scripts of its own. */
async function compileAll(target) {
  const swc = (await import('@swc/core')).default;
  rmSync(target, { recursive: true, force: true });
  for (const path of filesBelow(join(projectRoot, 'test')).filter((name) => name.endsWith('.ts'))) {
    const { code } = await swc.transformFile(path, {
      ...{ configFile: join(projectRoot, '.swcrc'), sourceMaps: 'inline' },
    });
    writeWhole(join(target, relative(projectRoot, path).replace(/\.ts$/, '.js')), code);
  }
  for (const [from, name] of [
    ['dist', 'src'],
    ['scripts', 'scripts'],
  ])
    cpSync(join(projectRoot, from), join(target, name), { recursive: true });
}
