// `npm run fuzz [-- --requests 20000 --seed 7]`: walks through a service by its own OpenAPI document. Without FUZZ_URL
// it starts one with throw-away stores; with it, it takes ADMIN_API_KEY, STOREFRONT_API_KEY and JWT_SECRET from the
// environment, and what it makes there stays there.
import { randomBytes, randomInt } from 'node:crypto';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOrphan, launchApplication, untilReady } from './application.mjs';
import { APPLICATION_DATABASE, migrateOwnDatabase } from './databases.mjs';
import { compile, runCompiled } from './compile.mjs';
import { makeStoreFolder } from './files.mjs';
import { takeLock } from './lock.mjs';
import { connectDatabase } from './migrate.mjs';
import { keptPort } from './ports.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { openStores } from './stores.mjs';

const REQUESTS_PER_ROUND = 4_000;
/** More than a round's lanes have between them. */
const SEEDS_PER_ROUND = 10_000;
/** What the fuzzer is made of: it is TypeScript of the tests, and runs outside Jest. */
const SOURCES = ['test/fuzz', 'test/conformance'];

export async function run({ args, progress, stopping }) {
  await prepare({ progress, stopping });
  const fuzzer = join(await compile('fuzz-code', SOURCES), 'test/fuzz/cli.js');
  if (process.env.FUZZ_URL) return runCompiled(fuzzer, { args, stopping });
  const folder = makeStoreFolder('fuzz');
  const lock = takeLock(join(folder, 'lock.json'));
  if (lock.holder) throw new Refusal(`A fuzzer already runs in ${folder} (pid ${lock.holder.pid}).`);
  let stores;
  try {
    await endOrphan(folder, progress);
    stores = await openStores({ folder, durable: false, progress, stopping });
    let worst = 0;
    for (const round of roundsOf(args)) {
      if (stopping.asked) return 130;
      worst = Math.max(worst, await runRound({ fuzzer, folder, stores, args: round, progress, stopping }));
    }
    return worst;
  } finally {
    await stores?.stop();
    lock.release();
  }
}

/** A walk leaves an open sale behind; thousands of them at once are no service that anybody runs, so each round has its own. */
function roundsOf(args) {
  const options = { requests: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } };
  const { values } = parseArgs({ args, options: { ...options, answers: { type: 'boolean' } } });
  const requests = Number(values.requests ?? 20_000);
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  if (values.path !== undefined || !(requests > REQUESTS_PER_ROUND) || !Number.isInteger(seed)) return [args];
  return Array.from({ length: Math.ceil(requests / REQUESTS_PER_ROUND) }, (_, i) => [
    ...['--requests', String(Math.min(REQUESTS_PER_ROUND, requests - i * REQUESTS_PER_ROUND))],
    ...['--seed', String(seed + i * SEEDS_PER_ROUND), ...(values.answers ? ['--answers'] : [])],
  ]);
}

async function runRound({ fuzzer, folder, stores, args, progress, stopping }) {
  let application;
  try {
    await emptyDatabase(stores.postgres);
    const port = await keptPort(folder, 'application');
    const env = { ...settings(stores, port), FUZZ_URL: `http://127.0.0.1:${port}` };
    // What went wrong inside is for whoever looks for the cause of a fault.
    const logFile = join(folder, 'application.log');
    const log = openSync(logFile, 'a');
    application = launchApplication({ folder, env, stdio: ['ignore', log, log] });
    if (!(await untilReady({ url: env.FUZZ_URL, application, progress, stopping }))) {
      if (stopping.asked) return 130;
      throw new Refusal(`The application ended before it was ready; the end of ${logFile} says why.`);
    }
    return await runCompiled(fuzzer, { args, env, stopping });
  } finally {
    await application?.stop();
  }
}

/** What an earlier run sold is not looked at again. */
async function emptyDatabase({ url }) {
  const client = await connectDatabase(`${url}/postgres`, null);
  await client.query(`DROP DATABASE IF EXISTS ${APPLICATION_DATABASE} WITH (FORCE)`).finally(() => client.end());
  await migrateOwnDatabase(url);
}

/** Keys of its own, no limits on how often it may call, and no long waits. What is warned of is logged, too. */
function settings({ postgres, redis }, port) {
  const secret = () => randomBytes(32).toString('hex');
  return {
    ...{ DATABASE_URL: `${postgres.url}/${APPLICATION_DATABASE}`, REDIS_URL: redis.url },
    // What Redis has of an earlier round belongs to the installation that was emptied.
    KEY_PREFIX: `fuzz-${randomBytes(4).toString('hex')}`,
    ...{ ADMIN_API_KEY: `hf_sk_${secret()}`, STOREFRONT_API_KEY: `hf_sk_${secret()}`, JWT_SECRET: secret() },
    ...{ RESERVATION_ID_SECRET: secret(), METRICS_TOKEN: secret(), PORT: String(port), HOST: '127.0.0.1', ROLE: 'all' },
    ...{ ADDRESS_REQUESTS_MAX: '0', CUSTOMER_REQUESTS_MAX: '0', WAIT_SECONDS_MAX: '1', LOG_LEVEL: 'warn' },
  };
}
