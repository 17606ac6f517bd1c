// `npm run chaos`: compiles test/chaos as the build compiles src, and runs it with plain Node on stores of its own.
import { join } from 'node:path';
import { compile, runCompiled } from './compile.mjs';
import { takeNumberedFolder } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { findRedis } from './redis-find.mjs';
import { endStrays } from './scratch.mjs';

/** What test/chaos is made of. */
const SOURCES = ['test/chaos', 'test/e2e', 'test/conformance', 'test/settings.ts', 'test/stores.ts'];

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const { folder, lock } = takeNumberedFolder('chaos');
  const scratch = join(folder, 'scratch');
  try {
    await endStrays(scratch);
    const target = await compile('chaos-code', SOURCES);
    const binary = await findRedis({ announce: progress.note, signal: stopping.signal });
    const env = {
      ...{ TEST_SCRATCH_DIRECTORY: scratch, CHAOS_DIRECTORY: folder },
      ...{ REDIS_SERVER_BIN: binary.path, REDIS_SERVER_LIBRARY_PATH: binary.libraryPath ?? '' },
    };
    return await runCompiled(join(target, 'test/chaos/run.js'), { args, env, stopping });
  } finally {
    await endStrays(scratch);
    lock.release();
  }
}
