import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { PATIENT_SALE, Storm } from '../e2e/storm.js';
import { must, type SaleSpec, type TestSale } from '../e2e/test-sale.js';

// A Postgres that is stopped keeps its connections and answers nothing; a new one is taken, and not greeted. It goes on
// only once all have been answered: whoever is answered did not wait for it.
let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 1, workers: 1, env: { PG_STATEMENT_TIMEOUT_MS: '1000' } });
}, 300_000);
afterEach(() => cluster.postgres.thaw());
afterAll(async () => {
  await cluster.postgres.thaw();
  await cluster.stop();
});

const sell = (spec: SaleSpec = {}): Promise<TestSale> =>
  eventually('a sale is open', () => cluster.operator.sell({ ...PATIENT_SALE, ...spec }));

const isNotReady = (url: string): Promise<boolean> =>
  cluster.client.send(url, { method: 'GET', path: '/health/ready' }).then(({ status }) => status === 503);

async function freeze(): Promise<void> {
  await cluster.postgres.freeze();
  for (const { url } of cluster.apps) await eventually('the outage is known', () => isNotReady(url));
}

const expectOutage = (answer: Answer): void =>
  expect(answer).toMatchObject({ status: 503, body: { code: 'store-unavailable' }, headers: { 'retry-after': '1' } });

const done = (what: string, ask: () => Promise<Answer>): Promise<Wire> =>
  eventually(what, async () => {
    const { status, body } = await ask();
    return (status === 200 || status === 201) && body;
  });

it('a silent Postgres keeps nobody waiting: what it must write is refused, the rest is read, marked stale', async () => {
  const { shop } = cluster;
  const sale = await sell({ skus: [10] });
  const ask = (customerId: string, wait?: number): Promise<Answer> => {
    const body = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    return shop.reserve(sale.id, body, { key: customerId, ...(wait && { wait }) });
  };
  const held = (name: string): Promise<Wire> => done(`${name} holds`, () => ask(name, 20));
  const [ann, bob, cid, dan] = [await held('ann'), await held('bob'), await held('cid'), await held('dan')];
  for (const { id } of [bob, cid]) await done('it is pinned', () => shop.checkout(id));
  const order = await done('cid pays', () => shop.confirm(cid.id, 'pay_cid'));

  await cluster.postgres.freeze();
  // The first ones find out, each on a connection that falls silent under it.
  const [paying, ending] = await Promise.all([shop.confirm(bob.id, 'pay_bob'), shop.end(dan.id)]);
  for (const answer of [paying, ending]) expectOutage(answer);
  for (const { url } of cluster.apps) await eventually('the outage is known', () => isNotReady(url));
  for (const call of [shop.extend(ann.id), shop.checkout(ann.id), shop.end(ann.id), shop.cancel(order.id, true)])
    expectOutage(await call);
  for (const answer of await Promise.all([ask('eve'), ask('fay', 1)]))
    expect(answer.status === 503 || answer.body.status === 'queued').toBe(true);
  expect(must(200, await shop.read(ann.id)).body).toEqual({ ...ann, stale: true });
  expect(must(200, await shop.read(bob.id)).body).toMatchObject({ status: 'checkout', stale: true });
  expect(must(200, await shop.availability(sale.id)).body).toMatchObject({ stale: true });

  await cluster.postgres.thaw();
  const paid = await done('bob pays', () => shop.confirm(bob.id, 'pay_bob'));
  expect(await done('bob is answered the same', () => shop.confirm(bob.id, 'pay_bob'))).toEqual(paid);
  await done('dan gives back', () => shop.end(dan.id));
  expect([(await held('eve')).status, (await held('fay')).status]).toEqual(['held', 'held']);
  await cluster.untilReady();
  expect(await done('ann’s hold is read', () => shop.read(ann.id))).toEqual(ann);
  await cluster.untilCounts(sale, '5 3 0 2 / 10');
}, 300_000);

it('what was acknowledged under load before, between and after two silences is whole', async () => {
  const sale = await sell();
  const storm = new Storm(cluster, sale, { carts: 0, seed: 12 });
  const stories = await storm.throughout(async () => {
    for (let silence = 0; silence < 2; silence++) {
      await freeze();
      await cluster.postgres.thaw();
      await cluster.untilReady();
    }
  });
  expect(await storm.verdict(stories)).toEqual([]);
}, 300_000);
