import { FaultProxy } from '../chaos/fault-proxy.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import type { TestSale } from '../e2e/test-sale.js';
import { freshDatabase, testRedisUrl } from '../stores.js';

// A router between us and a store forgets our connections: nobody closes them, and nothing ever arrives on them again.
let site: Site;
let ways: { redis: FaultProxy; postgres: FaultProxy };
let sale: TestSale;
let dropDatabase: () => Promise<void>;
beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = () => database.drop();
  ways = { redis: await FaultProxy.open(testRedisUrl()), postgres: await FaultProxy.open(database.url) };
  site = await Site.all({
    env: { REDIS_COMMAND_TIMEOUT_MS: '300', PG_STATEMENT_TIMEOUT_MS: '300' },
    stores: { redisUrl: ways.redis.reroute(testRedisUrl()), databaseUrl: ways.postgres.reroute(database.url) },
  });
  sale = await site.sale({ skus: [100] });
  await held('before');
});
afterAll(async () => {
  await site.close();
  await Promise.all([ways.redis.close(), ways.postgres.close()]);
  await dropDatabase();
});

/** A store has a third of a second here, which on a busy machine may pass by itself: then the same again. */
const held = (customerId: string): Promise<string> =>
  eventually(`${customerId} holds`, async () => {
    const body = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    const answer = await site.shop().reserve(sale.id, body, { key: customerId, wait: 10 });
    return answer.body.status === 'held' && answer.body.id;
  });

describe.each(['redis', 'postgres'] as const)('connections to %s that fall silent', (store) => {
  it('are given up and made anew, every one of them', async () => {
    ways[store].strike({ kind: 'half-open' });
    ways[store].heal();
    await eventually('a hold is told within the wait again, which takes every kind of connection', async () => {
      const from = performance.now();
      const body = { customerId: `after-${store}`, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
      const { status } = await site.shop().reserve(sale.id, body, { wait: 5 });
      return status === 201 && performance.now() - from < 1_000;
    });
    await eventually('the site is ready', async () => {
      const { status, body } = await site.client.send(site.url, { method: 'GET', path: '/health/ready' });
      return status === 200 && JSON.stringify(body).includes('"degraded":[]');
    });
    const id = await held(`then-${store}`);
    const paid = await eventually('it is paid', async () => {
      const answer = await site.shop().confirm(id, `pay-${store}`);
      return answer.status !== 503 && answer;
    });
    expect([200, 201]).toContain(paid.status);
  });
});
