// `npm run drop [-- --help]`: rehearses a ticket drop, against a service of its own or against one that runs.
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { endOrphan, launchApplication, untilReady } from './application.mjs';
import { compile } from './compile.mjs';
import { APPLICATION_DATABASE, migrateOwnDatabase } from './databases.mjs';
import { makeStoreFolder, readJson } from './files.mjs';
import { takeLock } from './lock.mjs';
import { connectDatabase } from './migrate.mjs';
import { keptPort } from './ports.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { keepSecrets } from './secrets.mjs';
import { loadDotEnv, readAddress } from './settings.mjs';
import { openStores } from './stores.mjs';

const SOURCES = ['test/drop', 'test/chaos', 'test/e2e'];
/** Where the service is, and who may call it, is the rehearsal's own affair; how it works is the user's. */
const OWN = /^(DATABASE_URL|REDIS_URL|PORT|HOST|ROLE|KEY_PREFIX|LOG_LEVEL|METRICS_\w+|JWT_\w+|RESERVATION_ID_SECRET)$/;

export async function run({ args, progress, stopping }) {
  loadDotEnv((name) => !OWN.test(name));
  // What is asked for is looked at before anything is built: neither help nor a mistake should wait for that.
  await prepare({ progress, stopping, what: 'packages' });
  process.setSourceMapsEnabled(true);
  const target = await compile('drop-code', SOURCES);
  const load = (name) => import(join(target, 'test', 'drop', name));
  const { HELP, readOptions } = await load('options.js');
  const { PlanRefused } = await load('plan-file.js');
  try {
    const options = readOptions(args);
    const { generatorsFor } = await load('generators-for.js');
    const generators = options.generators ?? generatorsFor(options.plan);
    if (options.help) return tell([HELP]);
    if (options.dryRun) return tell((await load('dry-run.js')).describePlan(options.plan, generators));
    await prepare({ progress, stopping });
    const { runDrop } = await load('run.js');
    // The second Ctrl-C waits for no report; the generators end with us.
    const forced = new Promise((resolve) => stopping.onForce(() => resolve(130)));
    const rehearse = (service, folder) => {
      const running = runDrop({
        ...{ plan: options.plan, report: options.report, generators, target: service, folder },
        ...{ stop: stopping.signal, screen: process.stdout, command: ['npm run drop --', ...args].join(' ') },
      });
      return Promise.race([running, forced]);
    };
    if (options.url) return await rehearse(keysFor(options), makeStoreFolder('drop'));
    return await onOwnService({ rehearse, progress, stopping });
  } catch (error) {
    if (error instanceof PlanRefused) throw new Refusal(error.faults.map((fault) => `  ${fault}`).join('\n'));
    if (error?.constructor?.name === 'CannotRehearse') throw new Refusal(error.message);
    throw error;
  }
}

function tell(lines) {
  console.log(lines.join('\n'));
  return 0;
}

/** Of `npm start` in this folder the keys are known. */
function keysFor({ url, adminKey, storefrontKey, plan }) {
  const kept = url === readAddress().url ? readJson(join(makeStoreFolder('start'), 'secrets.json')) : null;
  const find = (given, name) => given ?? (process.env[name] || kept?.[name]);
  const keys = {
    adminKey: find(adminKey, 'ADMIN_API_KEY'),
    storefrontKey: find(storefrontKey, 'STOREFRONT_API_KEY'),
  };
  if (!keys.adminKey || !keys.storefrontKey)
    throw new Refusal(
      'Give the keys of that service: --admin-key and --storefront-key, or ADMIN_API_KEY and STOREFRONT_API_KEY.',
    );
  const secret = find(null, 'JWT_SECRET');
  if (plan.callers === 'buyers' && !secret)
    throw new Refusal('--callers buyers needs JWT_SECRET of that service, to sign their tokens; or leave it out.');
  return { url, ...keys, jwt: tokensBy(secret) };
}

function tokensBy(secret) {
  if (!secret) return null;
  return { secret, issuer: process.env.JWT_ISSUER || 'holdfast', audience: process.env.JWT_AUDIENCE || 'holdfast' };
}

/** Stores that write everything down for good, as on the night, and the built application, as it is started there. */
async function onOwnService({ rehearse, progress, stopping }) {
  const folder = makeStoreFolder('drop');
  const lock = takeLock(join(folder, 'lock.json'));
  if (lock.holder) throw new Refusal(`A rehearsal already runs in ${folder} (pid ${lock.holder.pid}).`);
  let stores;
  let application;
  try {
    await endOrphan(folder, progress);
    stores = await openStores({ folder, durable: true, progress, stopping });
    await empty(stores);
    const port = await keptPort(folder, 'application');
    const url = `http://127.0.0.1:${port}`;
    const secrets = keepSecrets(folder);
    const log = openSync(join(folder, 'application.log'), 'w');
    const env = settings(stores, port, secrets);
    application = launchApplication({ folder, env, stdio: ['ignore', log, log] });
    if (!(await untilReady({ url, application, progress, stopping }))) return stopping.asked ? 130 : 1;
    progress.done(`Holdfast  ${url}  (log: ${join(folder, 'application.log')})`);
    const { ADMIN_API_KEY: adminKey, STOREFRONT_API_KEY: storefrontKey, JWT_SECRET } = secrets;
    progress.done(`Watch it  ${url}/admin  (sign in with ${adminKey})`);
    return await rehearse({ url, adminKey, storefrontKey, jwt: tokensBy(JWT_SECRET) }, folder);
  } finally {
    await application?.stop();
    await stores?.stop();
    lock.release();
  }
}

/** What an earlier rehearsal sold is in nobody's way. */
async function empty({ postgres, redis }) {
  const client = await connectDatabase(`${postgres.url}/postgres`, null);
  await client.query(`DROP DATABASE IF EXISTS ${APPLICATION_DATABASE} WITH (FORCE)`).finally(() => client.end());
  await migrateOwnDatabase(postgres.url);
  const { Redis } = await import('ioredis');
  const connection = new Redis(redis.url);
  await connection.flushall().finally(() => connection.disconnect());
}

/** A crowd comes from one address here, and with one key; each customer is limited as always. */
function settings({ postgres, redis }, port, secrets) {
  return {
    ...{ DATABASE_URL: `${postgres.url}/${APPLICATION_DATABASE}`, REDIS_URL: redis.url, ...secrets },
    ...{ PORT: String(port), HOST: '127.0.0.1', ROLE: 'all', KEY_PREFIX: 'hf', LOG_LEVEL: 'warn' },
    ...{ ADDRESS_REQUESTS_MAX: '0', KEY_REQUESTS_MAX: '0', METRICS_OPEN: 'true' },
  };
}
