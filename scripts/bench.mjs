// `npm run bench`: compiles test/bench as the build compiles src, and runs it with plain Node on durable stores of its
// own (AOF always, fsync on), or on those of BENCH_DATABASE_URL and BENCH_REDIS_URL.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile, runCompiled } from './compile.mjs';
import { takeNumberedFolder } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { openStores } from './stores.mjs';

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const { folder, lock } = takeNumberedFolder('bench');
  const { BENCH_DATABASE_URL: postgresUrl, BENCH_REDIS_URL: redisUrl } = process.env;
  let stores;
  try {
    const target = await compile('bench-code', ['test/bench']);
    stores = await openFreshStores({ folder, postgresUrl, redisUrl, progress, stopping });
    const { postgres, redis } = stores;
    const env = {
      ...{ BENCH_DATABASE_URL: postgresUrl ?? `${postgres.url}/postgres`, BENCH_REDIS_URL: redisUrl ?? redis.url },
      ...{ BENCH_POSTGRES_PID: postgres?.pid ?? '', BENCH_REDIS_PID: redis?.pid ?? '', BENCH_DIRECTORY: folder },
    };
    return await runCompiled(join(target, 'test/bench/run.js'), { args, env, stopping });
  } finally {
    await stores?.stop();
    lock.release();
  }
}

/** Nothing of an earlier run: a server that it left is stopped, and Redis begins with no file to read. */
async function openFreshStores({ folder, postgresUrl, redisUrl, progress, stopping }) {
  const wanted = { folder, durable: true, postgresUrl, redisUrl, redisSetting: 'BENCH_REDIS_URL', progress, stopping };
  const left = await openStores(wanted);
  if (!left.redis) return left;
  await left.stop();
  rmSync(join(folder, 'redis', 'appendonlydir'), { recursive: true, force: true });
  return openStores(wanted);
}
