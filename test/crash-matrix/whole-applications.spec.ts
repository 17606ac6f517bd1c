import { execFileSync } from 'node:child_process';
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
import { NO_LIMITS, TEST_JWT_SECRET } from '../settings.js';
import { type FreshDatabase, freshDatabase, freshKeyPrefix, testRedisUrl } from '../stores.js';

/** A whole process may take its time on a busy machine, and a buyer is patient. */
const PATIENCE_MS = 80_000;
/** Customers of one that was killed may meet several more that are. */
const ALL_MS = 900_000;
const KEY_PREFIX = freshKeyPrefix();
const client = new HttpClient();
const stories: { story: Promise<Story>; wanted: string }[] = [];
let database: FreshDatabase;
let ports: { all: number; worker: number; other: number };
let sale: TestSale;

beforeAll(async () => {
  database = await freshDatabase();
  ports = { all: await freePort(), worker: await freePort(), other: await freePort() };
  const first = start('all', ports.all);
  const operator = new Operator(client, first.url);
  sale = await eventually('a sale is open', () => operator.sell(SALE), PATIENCE_MS);
  await first.kill();
}, 90_000);
afterAll(async () => {
  for (const app of started) app.thaw();
  await Promise.all(started.map((app) => app.kill()));
  client.close();
  await database.drop();
});

const SALE = { skus: [1_000], queueTimeoutSeconds: 300, holdTtlSeconds: 3_600, checkoutTtlSeconds: 3_600 };
const started: AppInstance[] = [];

/** `node dist/main.js`, which ends or stops itself where `failpoint` says. */
function start(ROLE: string, port: number, failpoint?: string): AppInstance {
  const app = new AppInstance(port, {
    ...{ ROLE, KEY_PREFIX, DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), HOST: '127.0.0.1' },
    ...{ ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: STOREFRONT_KEY, JWT_SECRET: TEST_JWT_SECRET, ...NO_LIMITS },
    ...{ RESERVATION_ID_SECRET: 'a secret of whole applications that die in turn', TEST_CLOCK: 'true' },
    ...(failpoint && { FAILPOINT: failpoint }),
  });
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

const KILLED: [CrashPoint, Step[]][] = [
  ...(['accept.record', 'accept.queue', 'accept.answer'] as const).map((at): [CrashPoint, Step[]] => [at, []]),
  ...(['hold.decide', 'hold.journal', 'hold.announce', 'hold.done'] as const).map((at): [CrashPoint, Step[]] => [
    at,
    ['confirm'],
  ]),
  ['release.end', ['release']],
  ['release.journal', ['release']],
  ['extend.prolong', ['extend']],
  ['extend.journal', ['extend']],
  ['pin.pin', ['checkout']],
  ['pin.journal', ['checkout']],
  ['confirm.write', ['checkout', 'confirm']],
  ['confirm.commit', ['checkout', 'confirm']],
  ['confirm.answer', ['checkout', 'confirm']],
  ['relay.settle', ['confirm']],
  ['relay.mark', ['confirm']],
  ['void.write', ['checkout', 'release']],
  ['void.give-back', ['checkout', 'release']],
];

const isStopped = ({ pid }: AppInstance): boolean =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).includes('T');

describe('a whole application', () => {
  it.each(KILLED)(
    'is killed at %s, and the next one goes on',
    async (point, steps) => {
      const victim = start('all', ports.all, `${point}:kill`);
      void buys(`killed at ${point}`, steps);
      await eventually(`${point} is reached`, async () => victim.ended, PATIENCE_MS);
      expect(victim.endedBy).toBe('SIGKILL');
    },
    PATIENCE_MS + 10_000,
  );

  it.each<CrashPoint>(['hold.journal', 'relay.mark'])(
    'stands still at %s for longer than its lock, another takes over, and it goes on',
    async (point) => {
      const api = start('api', ports.all);
      const victim = start('worker', ports.worker, `${point}:stop`);
      const bought = buys(`stopped at ${point}`, ['confirm']);
      await eventually(`${point} is reached`, async () => isStopped(victim), PATIENCE_MS);
      const other = start('worker', ports.other);
      expect((await bought).standing).toBe('confirmed');
      victim.thaw();
      await eventually('it goes on', async () => (await health(victim)) === 200, PATIENCE_MS);
      await Promise.all([api.kill(), victim.kill(), other.kill()]);
    },
    3 * PATIENCE_MS,
  );

  it(
    'that comes last finds every customer’s story in both stores',
    async () => {
      const last = start('all', ports.all);
      const told = await Promise.all(stories.map(({ story }) => story));
      expect(told.map(({ standing }) => standing)).toEqual(stories.map(({ wanted }) => wanted));
      const postgres = new pg.Client({ connectionString: database.url, types: numbers() });
      await postgres.connect();
      const redis = new Redis(testRedisUrl());
      const { findings } = await auditLedger({ postgres, redis, keyPrefix: KEY_PREFIX }, sale, told);
      redis.disconnect();
      await postgres.end();
      expect(findings).toEqual([]);
      await last.kill();
    },
    2 * PATIENCE_MS,
  );
});

async function health({ url }: AppInstance): Promise<number> {
  return (await client.send(url, { method: 'GET', path: '/health/live' })).status;
}

function numbers(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}
