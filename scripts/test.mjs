// `npm test [arguments for Jest]`: stores of its own, a migrated template database, then Jest.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, withoutBrowser } from './browser-find.mjs';
import { makeTemplate } from './databases.mjs';
import { takeNumberedFolder } from './lock.mjs';
import { prepare } from './prepare.mjs';
import { findRedis } from './redis-find.mjs';
import { Refusal } from './refusal.mjs';
import { endStrays } from './scratch.mjs';
import { loadDotEnv } from './settings.mjs';
import { openStores } from './stores.mjs';

/** From .env tests take nothing that says how somebody runs the application. */
const forTests = (name) => /^(TEST_|REDIS_SERVER_|DATA_DIR$)/.test(name);
/** With these Jest runs no tests, or never ends, and would not write its totals. */
const WITHOUT_TOTALS = /^--(listTests|showConfig|help|version|init|clearCache|watch|watchAll|json|outputFile)\b/;
/** A browser is installed for a run of everything, and for one that asks for it; else one is used where it is. */
const wantsBrowser = (args) => args.every((arg) => arg.startsWith('-')) || args.some((arg) => arg.includes('browser'));

export async function run({ args, progress, stopping }) {
  loadDotEnv(forTests);
  const { folder, lock } = takeNumberedFolder('test');
  const scratch = join(folder, 'scratch');
  let stores;
  // Beside the other preparations: an installation takes its time.
  const looking = findBrowser({
    ...{ mayInstall: wantsBrowser(args), announce: progress.note, signal: stopping.signal },
  }).catch((error) => ({ error }));
  try {
    const broken = await prepareAsFarAsPossible({ progress, stopping });
    await endStrays(scratch);
    stores = await openStores({
      ...{ folder, durable: false, progress, stopping },
      ...{
        postgresUrl: process.env.TEST_DATABASE_URL,
        redisUrl: process.env.TEST_REDIS_URL,
        redisSetting: 'TEST_REDIS_URL',
      },
    });
    const env = { ...(await testEnvironment({ stores, stopping, progress })), TEST_SCRATCH_DIRECTORY: scratch };
    const browser = await looking;
    if (stopping.asked) return 130;
    if (browser.error) throw browser.error;
    const code = await runJest({
      args: [...args, ...browserArgs(browser)],
      env: { ...env, ...browserEnv(browser) },
      folder,
      stopping,
    });
    if (broken) console.error(`\n${broken.message}\n`);
    if (!browser.path && wantsBrowser(args)) console.error(`\n${withoutBrowser(browser.why)}\n`);
    return stopping.asked ? 130 : code || (broken ? 1 : 0);
  } finally {
    await endStrays(scratch);
    await stores?.stop();
    lock.release();
  }
}

const browserEnv = ({ path }) => (path ? { TEST_CHROMIUM_BIN: path } : {});
/** Where there is none its tests are left out, and that is said at the end. */
const browserArgs = ({ path }) =>
  path ? [] : ['--testPathIgnorePatterns=/node_modules/', '--testPathIgnorePatterns=/test/browser/'];

/** One file that does not compile should not keep the tests of the others from running; the run fails all the same. */
async function prepareAsFarAsPossible(context) {
  try {
    await prepare(context);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal) || error.step !== 'build') throw error;
    console.error(`\n${error.message}\n`);
    return error;
  }
}

/** What tests read. Never DATABASE_URL or REDIS_URL: those may be somebody's real stores. */
async function testEnvironment({ stores, stopping, progress }) {
  const maintenanceUrl = process.env.TEST_DATABASE_URL || `${stores.postgres.url}/postgres`;
  await progress.step('making the template database', async () => {
    if (await makeTemplate(maintenanceUrl, { alone: Boolean(stores.postgres) })) return 'template database migrated';
  });
  const binary =
    stores.redis?.binary ?? (await findRedis({ announce: progress.note, signal: stopping.signal }).catch(() => null));
  return {
    TEST_DATABASE_URL: maintenanceUrl,
    TEST_TEMPLATE_DATABASE: 'holdfast_template',
    TEST_REDIS_URL: process.env.TEST_REDIS_URL || stores.redis.url,
    ...(binary && { REDIS_SERVER_BIN: binary.path, REDIS_SERVER_LIBRARY_PATH: binary.libraryPath ?? '' }),
  };
}

/** Jest stays in our group: a terminal's Ctrl-C reaches it and its workers directly. Totals go to jest.json. */
function runJest({ args, env, folder, stopping }) {
  const totals = join(folder, 'jest.json');
  rmSync(totals, { force: true });
  const wanted = args.some((arg) => WITHOUT_TOTALS.test(arg)) ? [] : ['--json', `--outputFile=${totals}`];
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...wanted, ...args], {
      stdio: 'inherit',
      env: { ...inherited, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    stopping.onAsk(() => child.kill('SIGTERM'));
    stopping.onForce(() => child.kill('SIGKILL'));
  });
}
