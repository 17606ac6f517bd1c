import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// A Redis that is stopped keeps its connections and answers nothing. A command may take a minute here, longer than anybody
// waits in these tests: whoever is answered was not kept waiting by it.
let cluster: Cluster;
let sale: TestSale;
beforeAll(async () => {
  const env = { REDIS_COMMAND_TIMEOUT_MS: '60000', REDIS_SILENCE_MS_MAX: '200' };
  cluster = await Cluster.start({ apis: 1, workers: 1, env });
  sale = await eventually('a sale is open', () => cluster.operator.sell({ skus: [10], queueTimeoutSeconds: 120 }));
}, 300_000);
afterEach(() => cluster.redis.thaw());
afterAll(async () => {
  cluster.redis.thaw();
  await cluster.stop();
});

const ask = (customerId: string, wait?: number): Promise<Answer> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 1 }];
  return cluster.shop.reserve(sale.id, { customerId, lines }, { key: customerId, ...(wait && { wait }) });
};

const held = (customerId: string): Promise<Wire> =>
  eventually(`${customerId} holds`, async () => {
    const { status, body } = await ask(customerId, 5);
    return (status === 201 || status === 200) && body.status === 'held' && body;
  });

const expectOutage = (answer: Answer): void => {
  expect(answer).toMatchObject({ status: 503, body: { code: 'store-unavailable' }, headers: { 'retry-after': '1' } });
};

it('a silent Redis keeps nobody waiting: new holds are refused, the rest is read and paid from Postgres', async () => {
  const [ann, bob, cid] = [await held('ann'), await held('bob'), await held('cid')];
  // On a busy machine Redis may say nothing for so long without being stopped.
  for (const { id } of [bob, cid])
    await eventually('it is pinned', async () => (await cluster.shop.checkout(id)).status === 200);
  cluster.redis.freeze();

  for (const answer of await Promise.all([ask('dan'), ask('eve', 20), ask('fay')])) expectOutage(answer);
  expectOutage(await ask('dan'));
  expect(must(200, await cluster.shop.read(ann.id)).body).toEqual({ ...ann, stale: true });
  const { items, stale } = must(200, await cluster.shop.list(sale.id, '?customerId=ann')).body;
  expect([items.map(({ id, status }) => [id, status]), stale]).toEqual([[[ann.id, 'held']], true]);
  expect((await cluster.shop.availability(sale.id)).body).toMatchObject({ stale: true });
  for (const call of [cluster.shop.extend(ann.id), cluster.shop.checkout(ann.id), cluster.shop.end(ann.id)])
    expectOutage(await call);
  must(201, await cluster.shop.confirm(bob.id, 'pay_bob'));
  expect(must(200, await cluster.shop.end(cid.id)).body.status).toBe('released');

  cluster.redis.thaw();
  await held('dan');
  await cluster.untilReady();
  const again = await eventually('ann is read from Redis', async () => {
    const { body } = await cluster.shop.read(ann.id);
    return !('stale' in body) && body;
  });
  expect(again.lines).toEqual(ann.lines);
}, 300_000);
