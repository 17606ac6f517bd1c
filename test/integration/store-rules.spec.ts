import { Redis } from 'ioredis';
import pg from 'pg';
import { StoreRules } from '../../src/platform/store-rules.js';
import { privateRedis, type PrivateStore } from '../e2e/private-stores.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// A Redis of its own: its settings are changed under the application.
let redis: PrivateStore;
let admin: Redis;
let site: Site;
let lines: string[];
beforeAll(async () => {
  redis = await privateRedis();
  admin = new Redis(redis.url);
});
beforeEach(async () => {
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
  lines = [];
  const env = { REDIS_URL: redis.url, REDIS_COMMAND_TIMEOUT_MS: '500', LOG_LEVEL: 'info' };
  site = await Site.open({ env, log: (line) => lines.push(line) });
});
afterEach(() => site.close());
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const database = async (statement: string): Promise<void> => {
  const client = new pg.Client(site.stores.databaseUrl);
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

describe('a start', () => {
  it('is refused on a Redis that evicts, and says which setting and what to do', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(site.start()).rejects.toThrow(/maxmemory-policy is allkeys-lru\. Set maxmemory-policy to noeviction/);
  });

  it('is refused on a Postgres that answers before it has written', async () => {
    const name = new URL(site.stores.databaseUrl).pathname.slice(1);
    await database(`ALTER DATABASE "${name}" SET synchronous_commit = off`);
    await expect(site.start()).rejects.toThrow(/synchronous_commit is off .* Set it to on/);
  });
});

describe('a Redis that two installations would share', () => {
  it('is refused to the second, which is told whose it is and what to do', async () => {
    await site.start();
    await database('UPDATE installation SET id = gen_random_uuid()');
    await expect(site.start()).rejects.toThrow(/another installation's state: .* Set another KEY_PREFIX or REDIS_URL/);
    await admin.del(`${site.stores.keyPrefix}:installation`);
    await site.start();
  });
});

describe('a Redis that may forget what is queued', () => {
  const KEEPS = { appendonly: 'yes', appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' };
  const set = async (settings: Record<string, string>): Promise<void> => {
    for (const [name, value] of Object.entries(settings)) await admin.config('SET', name, value);
  };
  const health = async (): Promise<unknown> => {
    await site.app.get(StoreRules).runOnce();
    return must(200, await site.client.send(site.url, { method: 'GET', path: '/health/ready' })).body;
  };
  afterEach(async () => {
    await admin.call('ACL', 'SETUSER', 'default', '+config');
    await set(KEEPS);
  });

  it('is used, and warned of while it is so: in the log once, in /health/ready all the time, with what to set', async () => {
    await set({ appendonly: 'no' });
    await site.start();
    const cases: [Record<string, string>, RegExp][] = [
      [{ appendonly: 'no' }, /whenever it restarts: its appendonly is no\. Set appendonly yes/],
      [{ appendfsync: 'everysec' }, /the last second .* appendfsync is everysec\. Set appendonly yes/],
      [{ 'no-appendfsync-on-rewrite': 'yes' }, /Set no-appendfsync-on-rewrite to no\./],
    ];
    for (const [settings, says] of cases) {
      await set({ ...KEEPS, ...settings });
      expect(await health()).toEqual({ status: 'ready', degraded: [], warnings: [expect.stringMatching(says)] });
      expect(await health()).toMatchObject({ warnings: [expect.stringMatching(says)] });
    }
    await site.held(await site.sale({ skus: [5] }), 'ann');
    await set(KEEPS);
    expect(await health()).toEqual({ status: 'ready', degraded: [], warnings: [] });
    expect(lines.filter((line) => line.includes('queued'))).toMatchObject([
      ...cases.map((): unknown => expect.stringContaining('may be lost with Redis')),
      expect.stringContaining('keeps every queued request again'),
    ]);
  });

  it('is judged by its file alone where it lets nobody read its settings', async () => {
    await site.start();
    await admin.config('SET', 'appendfsync', 'everysec');
    await admin.call('ACL', 'SETUSER', 'default', '-config');
    expect(await health()).toMatchObject({ warnings: [] });
    await admin.call('ACL', 'SETUSER', 'default', '+config');
    await admin.config('SET', 'appendonly', 'no');
    await admin.call('ACL', 'SETUSER', 'default', '-config');
    expect(await health()).toMatchObject({ warnings: [expect.stringContaining('appendonly is no')] });
  });
});

describe('a setting that is changed while selling', () => {
  let app: RunningApp;
  let sale: TestSale;
  beforeEach(async () => {
    app = await site.start();
    sale = await site.sale({ skus: [5] });
  });

  const look = (): Promise<void> => app.app.get(StoreRules).runOnce();
  const ready = async (): Promise<number> =>
    (await site.client.send(site.url, { method: 'GET', path: '/health/ready' })).status;
  const reserve = (customerId: string): ReturnType<ReturnType<Site['shop']>['reserve']> =>
    site.shop().reserve(sale.id, { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] }, { wait: 5 });

  it('stops the holding, and nothing that is paid for', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await site.shop().checkout(id));
    await admin.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await look();
    expect(await ready()).toBe(503);
    expect((await reserve('bob')).body).toMatchObject({ code: 'store-unavailable' });
    expect(must(200, await site.shop().read(id)).body.status).toBe('checkout');
    must(201, await site.shop().confirm(id, 'pay_1'));
  });

  it('is noticed when it is right again', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-random');
    await look();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await look();
    expect(await ready()).toBe(200);
    await eventually('bob holds', async () => (await reserve('bob')).status === 201);
  });

  it('is not taken back because the store cannot be asked for a moment', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await look();
    await admin.call('CLIENT', 'PAUSE', '1500', 'ALL');
    await look();
    expect(await ready()).toBe(503);
  });
});
