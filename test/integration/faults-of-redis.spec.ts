import { readdir, truncate, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { type PrivateRedis, privateRedis } from '../e2e/private-stores.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

// Rows R2, R5, R9 and R12 of the fault table in RELIABILITY.md.
let redis: PrivateRedis;
let database: FreshDatabase;
let site: Site;
let sale: TestSale;
beforeAll(async () => {
  [redis, database] = await Promise.all([privateRedis(), freshDatabase()]);
  site = await Site.all({ stores: { redisUrl: redis.url, databaseUrl: database.url } });
}, 300_000);
beforeEach(async () => {
  sale = await eventually('a sale is open', () => site.operator().sell({ skus: [10] }));
});
afterAll(async () => {
  await site.close();
  await Promise.all([redis.stop(), database.drop()]);
});

const ask = (customerId: string): Promise<Answer> =>
  site
    .shop()
    .reserve(
      sale.id,
      { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] },
      { key: customerId, wait: 20 },
    );

/** A hold, however long the outage lasts. */
const held = (customerId: string): Promise<Wire> =>
  eventually(`${customerId} holds`, async () => {
    const { body } = await ask(customerId);
    return body.status === 'held' && body;
  });

async function withRedis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Starts from other files than those that it had when it died. */
async function restartFrom(copy: string): Promise<void> {
  await redis.kill();
  await redis.goBackTo(copy);
  await redis.restart();
}

describe('a Redis that is full', () => {
  it('refuses, nothing is half done, and selling goes on when there is room', async () => {
    const ann = await held('ann');
    await withRedis((client) => client.config('SET', 'maxmemory', '1'));
    expect(await ask('bob')).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    expect((await site.shop().read(ann.id)).body).toMatchObject({ status: 'held', lines: ann.lines });
    await withRedis((client) => client.config('SET', 'maxmemory', '0'));
    await held('bob');
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });
});

describe('a Redis that has forgotten its scripts', () => {
  it('is given them again, and no caller notices', async () => {
    await held('ann');
    await withRedis((client) => client.script('FLUSH'));
    must(201, await ask('bob'));
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });
});

describe('a Redis that starts from older files', () => {
  it('is rebuilt: what was held since stands, and what was given back since is free', async () => {
    const ann = await held('ann');
    const copy = await redis.copyFiles();
    must(200, await site.shop().end(ann.id));
    const bob = await held('bob');
    await restartFrom(copy);
    await held('cid');
    expect((await site.shop().read(ann.id)).body.status).toBe('released');
    expect((await site.shop().read(bob.id)).body).toMatchObject({ status: 'held', lines: bob.lines });
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });

  it('is rebuilt, too, when orders were cancelled since: what they gave back is no sale that Postgres forgot', async () => {
    const ann = await held('ann');
    const order = must(201, await site.shop().confirm(ann.id, 'pay_older_file')).body;
    await site.untilCounts(sale, '9 0 0 1 / 10');
    const copy = await redis.copyFiles();
    must(200, await site.shop().cancel(order.id, true));
    await site.untilCounts(sale, '10 0 0 0 / 10');
    await restartFrom(copy);
    await held('bob');
    await site.untilCounts(sale, '9 1 0 0 / 10');
  });

  it.each([1, 7, 100])('of which the last %i bytes are missing: the same', async (bytes) => {
    const ann = await held('ann');
    const copy = await redis.copyFiles();
    const [file = ''] = (await readdir(copy)).filter((name) => name.endsWith('.incr.aof'));
    await truncate(join(copy, file), (await stat(join(copy, file))).size - bytes);
    await restartFrom(copy);
    await held('bob');
    expect((await site.shop().read(ann.id)).body).toMatchObject({ status: 'held', lines: ann.lines });
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });
});
