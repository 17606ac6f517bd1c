// `npm start`: from a fresh clone to a running service with a demo sale.
import { join } from 'node:path';
import { endOrphan, launchApplication, untilReady } from './application.mjs';
import { banner } from './banner.mjs';
import { migrateOwnDatabase, APPLICATION_DATABASE } from './databases.mjs';
import { seedDemo } from './demo.mjs';
import { makeStoreFolder } from './files.mjs';
import { takeLock } from './lock.mjs';
import { migrate } from './migrate.mjs';
import { refuseTakenPort } from './ports.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { keepSecrets } from './secrets.mjs';
import { loadDotEnv, readAddress } from './settings.mjs';
import { openStores } from './stores.mjs';

export async function run({ progress, stopping }) {
  loadDotEnv();
  const address = readAddress();
  const folder = makeStoreFolder('start');
  const lock = takeLock(join(folder, 'lock.json'), { url: address.url });
  if (lock.holder) throw alreadyRunning(lock.holder);
  let stores;
  try {
    await endOrphan(folder, progress);
    await refuseTakenPort(address.port, address.host);
    await prepare({ progress, stopping });
    stores = await openStores({
      ...{ folder, durable: true, progress, stopping },
      ...{ postgresUrl: process.env.DATABASE_URL, redisUrl: process.env.REDIS_URL, redisSetting: 'REDIS_URL' },
    });
    await migrateTo(stores, progress);
    return stopping.asked ? 0 : await serve({ address, folder, stores, progress, stopping });
  } finally {
    await stores?.stop();
    lock.release();
  }
}

function alreadyRunning({ pid, url }) {
  return new Refusal(
    `Holdfast already runs from this folder (pid ${pid}, ${url}). Stop that one first (Ctrl-C there, or kill ${pid}),\n` +
      'or start another beside it, with stores of its own: DATA_DIR=.data2 PORT=3001 npm start',
  );
}

function migrateTo({ postgres }, progress) {
  return progress.step('looking for migrations', async (say) => {
    const onApply = (name) => say(`applying ${name}`);
    const url = process.env.DATABASE_URL;
    const applied = postgres ? await migrateOwnDatabase(postgres.url, onApply) : await migrate({ url, onApply });
    if (applied.length > 0) return `${applied.length} migration${applied.length > 1 ? 's' : ''} applied`;
  });
}

/** Runs the application until it ends or is asked to; returns our exit code. */
async function serve({ address, folder, stores, progress, stopping }) {
  const secrets = stores.postgres ? keepSecrets(folder) : null;
  const env = {
    ...(stores.postgres && { DATABASE_URL: `${stores.postgres.url}/${APPLICATION_DATABASE}`, ...secrets }),
    ...(stores.redis && { REDIS_URL: stores.redis.url }),
    ...(opensMetrics(address) && { METRICS_OPEN: 'true' }),
    DEMO_SHOP: String(servesShop(stores, secrets)),
    ...{ PORT: String(address.port), HOST: address.host, DATA_DIR: process.env.DATA_DIR || '.data' },
  };
  progress.note('starting the application');
  const application = launchApplication({ folder, env });
  const endWatch = stores.watch();
  stopping.onAsk(() => {
    endWatch();
    progress.note('stopping: requests in flight come to their end (Ctrl-C again stops at once)');
    void application.stop();
  });
  stopping.onForce(() => application.force());
  if (stopping.asked) void application.stop(); // a signal that came a moment before there was someone to tell

  const shop = env.DEMO_SHOP === 'true';
  void welcome({ address, secrets, shop, application, progress, stopping }).catch((error) =>
    progress.warn(error.message),
  );
  const end = await application.ended;
  endWatch();
  return exitCode(end, { progress, stopping });
}

/** Whoever reaches 127.0.0.1 may look, unless the environment says who may. */
function opensMetrics({ host }) {
  return host === '127.0.0.1' && !process.env.METRICS_TOKEN && !process.env.METRICS_OPEN;
}

/** Only beside stores of our own: whoever reaches the shop buys for nothing. `DEMO_SHOP=false npm start` does without. */
function servesShop(stores, secrets) {
  return Boolean(stores.postgres && stores.redis && secrets.JWT_SECRET) && process.env.DEMO_SHOP !== 'false';
}

async function welcome({ address: { url }, secrets, shop, application, progress, stopping }) {
  if (!(await untilReady({ url, application, progress, stopping }))) return;
  const seconds = process.uptime();
  const demo = secrets
    ? await seedDemo({ url, adminKey: secrets.ADMIN_API_KEY }).catch(
        (error) => void progress.warn(`no demo sale: ${error.message}`),
      )
    : null;
  if (!stopping.asked) console.log(banner({ url, secrets, shop, demo, seconds }));
}

function exitCode({ code, signal, drained, error }, { progress, stopping }) {
  if (stopping.asked && drained) {
    progress.done('stopped');
    return 0; // by signal or by itself: it was asked
  }
  if (stopping.asked) {
    progress.warn('the application was killed before it had drained');
    return 1;
  }
  progress.warn(
    `the application ended by itself (${error?.message ?? signal ?? `exit ${code}`}); its last lines above say why`,
  );
  return code || 1;
}
