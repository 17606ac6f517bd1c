import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { CrashPoint } from '../../src/crash-points.js';
import { AppInstance } from '../e2e/app-instance.js';
import { Buyer, type Story } from '../e2e/buyer.js';
import { eventually } from '../e2e/eventually.js';
import { HttpClient } from '../e2e/http-client.js';
import { auditLedger } from '../e2e/ledger-audit.js';
import { freePort } from '../e2e/private-stores.js';
import type { Step } from '../e2e/shopper.js';
import { ADMIN_KEY, Storefront, STOREFRONT_KEY } from '../e2e/storefront.js';
import { Operator, type TestSale } from '../e2e/test-sale.js';
import { NO_LIMITS, PATIENT, TEST_JWT_SECRET } from '../settings.js';
import { type FreshDatabase, freshDatabase, freshKeyPrefix, testRedisUrl } from '../stores.js';
import { bundleApp, cacheOf } from '../e2e/bundle.js';

/** A start takes a second, and on a machine that is busy beyond measure a minute; nothing here depends on which. */
const PATIENCE_MS = 240_000;
/** Customers of one that was killed may meet several more that are. */
const ALL_MS = 1_800_000;
const KEY_PREFIX = freshKeyPrefix();
const SALE = { skus: [1_000], queueTimeoutSeconds: 300, holdTtlSeconds: 3_600, checkoutTtlSeconds: 3_600 };
const client = new HttpClient();
const stories: { story: Promise<Story>; wanted: string }[] = [];
let bundle: string;
let database: FreshDatabase;
let ports: { all: number; worker: number; other: number };
let sale: TestSale;
let started: AppInstance[] = [];

beforeAll(async () => {
  [bundle, database] = await Promise.all([bundleApp('dist/main.js'), freshDatabase()]);
  ports = { all: await freePort(), worker: await freePort(), other: await freePort() };
  const first = start('all', ports.all);
  const operator = new Operator(client, first.url);
  sale = await eventually('a sale is open', () => operator.sell(SALE), PATIENCE_MS);
  process.kill(first.pid ?? 0, 'SIGUSR2');
  await eventually('it has left what V8 compiled', async () => existsSync(cacheOf(bundle)), PATIENCE_MS);
  await endAll();
}, 2 * PATIENCE_MS);
afterEach(() => endAll());
afterAll(async () => {
  client.close();
  await database.drop();
});

async function endAll(): Promise<void> {
  await Promise.all(started.map((app) => app.kill()));
  started = [];
}

/** The program of `dist/main.js`, which ends or stops itself where `failpoint` says. */
function start(ROLE: string, port: number, failpoint?: string): AppInstance {
  const env = {
    ...{ ROLE, KEY_PREFIX, DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), HOST: '127.0.0.1' },
    ...{ ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: STOREFRONT_KEY, JWT_SECRET: TEST_JWT_SECRET, ...NO_LIMITS },
    ...{ RESERVATION_ID_SECRET: 'a secret of whole applications that die in turn', TEST_CLOCK: 'true', ...PATIENT },
    ...(failpoint && { FAILPOINT: failpoint }),
  };
  const app = new AppInstance(port, env, bundle);
  app.start();
  started.push(app);
  return app;
}

/** A customer who does this, whoever answers, and repeats what has no answer. */
function buys(name: string, steps: readonly Step[]): Promise<Story> {
  const shop = new Storefront(client, [`http://127.0.0.1:${ports.all}`], STOREFRONT_KEY);
  const story = shopping(new Buyer(shop, name, name, undefined, ALL_MS), steps);
  // It is looked at when all is over.
  story.catch(() => undefined);
  const standings: Record<string, string> = { confirm: 'confirmed', release: 'released', checkout: 'checkout' };
  stories.push({ story, wanted: standings[steps.at(-1) ?? ''] ?? 'held' });
  return story;
}

async function shopping(buyer: Buyer, steps: readonly Step[]): Promise<Story> {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 2 }];
  if (await buyer.reserve(sale.id, { lines, mode: 'all' })) for (const step of steps) await buyer[step]();
  return buyer.story;
}

const at = (points: readonly CrashPoint[], ...steps: Step[]): [CrashPoint, Step[]][] =>
  points.map((point) => [point, steps]);

const KILLED = [
  ...at(['accept.record', 'accept.queue', 'accept.answer']),
  ...at(['hold.decide', 'hold.journal', 'hold.announce', 'hold.done'], 'confirm'),
  ...at(['release.end', 'release.journal'], 'release'),
  ...at(['extend.prolong', 'extend.journal'], 'extend'),
  ...at(['pin.pin', 'pin.journal'], 'checkout'),
  ...at(['confirm.write', 'confirm.commit', 'confirm.answer'], 'checkout', 'confirm'),
  ...at(['relay.settle', 'relay.mark'], 'confirm'),
  ...at(['void.write', 'void.give-back'], 'checkout', 'release'),
];

/** Whether it was killed at its point. A start that a busy machine kept from succeeding is made again, as anywhere. */
async function hasDied(victim: AppInstance): Promise<boolean> {
  if (victim.ended && victim.endedBy === null) victim.start();
  return victim.endedBy === 'SIGKILL';
}

const isStopped = ({ pid }: AppInstance): boolean =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).includes('T');

describe('a whole application', () => {
  it.each(KILLED)(
    'is killed at %s, and the next one goes on',
    async (point, steps) => {
      const victim = start('all', ports.all, `${point}:kill`);
      void buys(`killed at ${point}`, steps);
      await eventually(`${point} is reached`, () => hasDied(victim), PATIENCE_MS);
    },
    2 * PATIENCE_MS,
  );

  it(
    'stands still at hold.journal until another has taken over, and goes on',
    async () => {
      start('api', ports.all);
      const victim = start('worker', ports.worker, 'hold.journal:stop');
      const bought = buys('stopped at hold.journal', ['confirm']);
      await eventually('hold.journal is reached', async () => isStopped(victim), PATIENCE_MS);
      start('worker', ports.other);
      expect((await bought).standing).toBe('confirmed');
      victim.thaw();
      await eventually('it goes on', async () => (await health(victim)) === 200, PATIENCE_MS);
    },
    4 * PATIENCE_MS,
  );

  it(
    'that comes last finds every customer’s story in both stores',
    async () => {
      start('all', ports.all);
      const told = await Promise.all(stories.map(({ story }) => story));
      expect(told.map(({ standing }) => standing)).toEqual(stories.map(({ wanted }) => wanted));
      await eventually('both stores agree', async () => {
        expect(await findings(told)).toEqual([]);
        return true;
      });
    },
    4 * PATIENCE_MS,
  );
});

async function findings(told: readonly Story[]): Promise<string[]> {
  const postgres = new pg.Client({ connectionString: database.url, types: numbers() });
  await postgres.connect();
  const redis = new Redis(testRedisUrl());
  try {
    return (await auditLedger({ postgres, redis, keyPrefix: KEY_PREFIX }, sale, told)).findings;
  } finally {
    redis.disconnect();
    await postgres.end();
  }
}

async function health({ url }: AppInstance): Promise<number> {
  return (await client.send(url, { method: 'GET', path: '/health/live' })).status;
}

function numbers(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}
