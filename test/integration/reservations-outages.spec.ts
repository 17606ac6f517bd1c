import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import type { PrivateStore } from '../e2e/private-stores.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// Real processes: an outage is also about what a process does with errors that nobody expects.
let cluster: Cluster;
let redis: PrivateStore;
let postgres: PrivateStore;
let shop: Storefront;
let sale: TestSale;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 1, workers: 1, env: { REDIS_COMMAND_TIMEOUT_MS: '500' } });
  ({ redis, postgres, shop } = cluster);
});
beforeEach(async () => {
  await cluster.untilReady();
  sale = await eventually('a sale is open', () => cluster.operator.sell({ skus: [10], queueTimeoutSeconds: 120 }));
});
afterEach(() => {
  // An outage is no reason to end.
  expect(cluster.apps.map(({ ended }) => ended)).toEqual([false, false]);
});
afterAll(() => cluster.stop());

/** A store has half a second here, which on a busy machine may pass without any outage. */
const hold = (customerId: string, quantity = 1): Promise<Wire> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity }];
  return eventually(`${customerId} holds`, async () => {
    const answer = await shop.reserve(sale.id, { customerId, lines }, { key: `hold-${customerId}`, wait: 10 });
    return answer.body.status === 'held' && answer.body;
  });
};

const ask = (customerId: string, key = customerId, wait?: number): Promise<Answer> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 1 }];
  return shop.reserve(sale.id, { customerId, lines }, { key, ...(wait && { wait }) });
};

const expectOutage = (answer: Answer): void => {
  expect(answer).toMatchObject({ status: 503, body: { code: 'store-unavailable' }, headers: { 'retry-after': '1' } });
};

/** Repeats a request until the stores are there for it again. */
const patiently = (what: string, call: () => Promise<Answer>): Promise<Answer> =>
  eventually(what, async () => {
    const answer = await call();
    return answer.status !== 503 && answer;
  });

const pin = async (id: string): Promise<Answer> => must(200, await patiently('it is pinned', () => shop.checkout(id)));

describe('while Redis is away', () => {
  it('nothing is held and nobody waits long; what is held can be read, what is pinned paid or voided', async () => {
    const held = await hold('ann', 2);
    const [paid, voided] = [await hold('bob'), await hold('cid')];
    for (const { id } of [paid, voided]) await pin(id);
    await redis.kill();

    for (const answer of await Promise.all([ask('dan'), ask('dan', 'dan', 20), ask('eve')])) expectOutage(answer);
    expect(must(200, await shop.read(held.id)).body).toEqual({ ...held, stale: true });
    expect((await shop.read(paid.id)).body).toMatchObject({ id: paid.id, status: 'checkout' });
    expectOutage(await shop.extend(held.id));
    expectOutage(await shop.checkout(held.id));
    expectOutage(await shop.end(held.id));
    expect(must(200, await shop.checkout(paid.id)).body.status).toBe('checkout');
    const order = must(201, await shop.confirm(paid.id, 'pay_1')).body;
    expect(must(200, await shop.confirm(paid.id, 'pay_1')).body).toEqual(order);
    expect(must(200, await shop.end(voided.id)).body).toMatchObject({ status: 'released' });
    expect(must(200, await shop.end(voided.id)).body).toMatchObject({ status: 'released' });
    expect((await shop.list(sale.id, '?customerId=ann')).status).not.toBe(500);

    await redis.restart();
    expect((await patiently('dan is served', () => ask('dan', 'dan', 10))).body).toMatchObject({ status: 'held' });
    await cluster.untilCounts(sale, '6 3 0 1 / 10');
    expect((await shop.read(held.id)).body).toMatchObject({ status: 'held', lines: held.lines });
    must(200, await shop.end(held.id));
    await cluster.untilCounts(sale, '8 1 0 1 / 10');
  }, 300_000);

  it('who already waits is told to ask again, and the request is decided once it is back', async () => {
    const held = await hold('ann');
    const changes = shop.read(held.id, { prefer: 'wait=3', 'if-none-match': '"2"' });
    await redis.kill();
    expect((await changes).status).toBe(304);
    await redis.restart();
    must(200, await patiently('ann can pay', () => shop.checkout(held.id)));
    await cluster.untilCounts(sale, '9 0 1 0 / 10');
  }, 300_000);
});

describe('while Postgres is away', () => {
  it('no hold is acknowledged, and the service comes back by itself', async () => {
    const held = await hold('ann');
    const pinned = await hold('bob');
    await pin(pinned.id);
    await postgres.kill();

    const asked = await Promise.all(
      Array.from({ length: 6 }, (_, i) => ask(`customer ${i}`, 'k', i % 2 ? 2 : undefined)),
    );
    for (const { status, headers } of asked) {
      expect([202, 503]).toContain(status);
      expect(headers['retry-after']).toBe('1');
    }
    for (const call of [
      shop.confirm(pinned.id, 'pay_1'),
      shop.extend(held.id),
      shop.end(held.id),
      shop.checkout(held.id),
    ])
      expectOutage(await call);

    await postgres.restart();
    for (let i = 0; i < 6; i++) {
      const { body } = await patiently('the request is decided', () => ask(`customer ${i}`, 'k', 10));
      expect(body).toMatchObject({ customerId: `customer ${i}`, status: 'held' });
    }
    must(201, await patiently('bob is served', () => shop.confirm(pinned.id, 'pay_1')));
    await cluster.untilCounts(sale, '2 7 0 1 / 10');
    const ids = (await shop.list(sale.id, '?customerId=ann')).body.items.map(({ id, status }) => [id, status]);
    expect(ids).toEqual([[held.id, 'held']]);
  }, 300_000);
});

describe('when both were away and Redis has lost everything', () => {
  it('every hold and order is there again, and the sale sells on', async () => {
    const held = await hold('ann', 3);
    const sold = await hold('bob', 2);
    must(201, await shop.confirm(sold.id, 'pay_1'));
    await cluster.untilCounts(sale, '5 3 0 2 / 10');
    await Promise.all([redis.kill(), postgres.kill()]);
    expectOutage(await ask('cid'));
    await redis.restart();
    await cluster.flush();
    await postgres.restart();
    expect((await patiently('cid is served', () => ask('cid', 'cid', 10))).body).toMatchObject({ status: 'held' });
    expect((await shop.read(held.id)).body).toMatchObject({
      status: 'held',
      lines: held.lines,
      expiresAt: held.expiresAt,
    });
    expect((await shop.read(sold.id)).body.status).toBe('confirmed');
    await cluster.untilCounts(sale, '4 4 0 2 / 10');
  }, 300_000);

  it('a queued request that went with Redis is rejected as lost, never silently forgotten', async () => {
    await cluster.workers[0]?.stop();
    const { id } = must(202, await ask('ann')).body;
    await cluster.flush();
    cluster.startApps();
    const lost = await patiently('ann is told', () => shop.read(id));
    expect(lost.body).toMatchObject({ id, status: 'rejected', problem: { code: 'request-lost' } });
    must(201, await patiently('ann asks again', () => ask('ann', 'another key', 10)));
    await cluster.untilCounts(sale, '9 1 0 0 / 10');
  }, 300_000);
});
