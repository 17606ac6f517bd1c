import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { loadScript } from '../../src/inventory/script.js';
import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { must, type SaleSpec, type TestSale } from '../e2e/test-sale.js';

// What takes units, and what makes them available though Postgres does not know it yet.
const FORBIDDEN = [
  ...[loadScript('hold', ['epoch', 'ids'], false), loadScript('pin', ['epoch', 'id'], false)],
  ...[loadScript('extend', ['epoch', 'id', 'until', 'by'], false)],
  loadScript('release', ['epoch', 'id', 'by'], false),
  ...[loadScript('void', ['epoch', 'holds'], false), loadScript('restock', ['epoch', 'orders'], false)],
];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 1, workers: 1 });
}, 300_000);
afterAll(() => cluster.stop());

const ask = (sale: TestSale, customerId: string, wait?: number): Promise<Answer> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 1 }];
  return cluster.shop.reserve(sale.id, { customerId, lines }, { key: customerId, ...(wait && { wait }) });
};

const held = async (sale: TestSale, customerId: string): Promise<Wire> =>
  must(201, await ask(sale, customerId, 20)).body;

/** Names of the scripts that are called while `work` goes on, as Redis itself tells who only listens. */
async function scriptsDuring(work: () => Promise<void>): Promise<string[]> {
  const { hostname, port } = new URL(cluster.redis.url);
  const socket = connect(Number(port), hostname);
  const redis = new Redis(cluster.redis.url);
  let told = '';
  socket.on('data', (chunk) => (told += chunk.toString()));
  const until = (text: string): Promise<boolean> => eventually(text, () => Promise.resolve(told.includes(text)));
  try {
    socket.write('MONITOR\r\n');
    await until('+OK');
    await work();
    await redis.echo('whatever was called has been told');
    await until('whatever was called has been told');
    return FORBIDDEN.filter(({ sha }) => told.includes(sha)).map(({ name }) => name);
  } finally {
    socket.destroy();
    redis.disconnect();
  }
}

const isKnown = (url: string): Promise<boolean> =>
  cluster.client.send(url, { method: 'GET', path: '/health/ready' }).then(({ status }) => status === 503);

it('no hold is decided and none given back but by its deadline; what Redis knows is readable, marked stale', async () => {
  const { operator, shop } = cluster;
  // Longer than a process believes a key without asking, and than the ledger's clock goes on without a beat.
  const sell = (spec: SaleSpec): Promise<TestSale> => eventually('a sale is open', () => operator.sell(spec));
  const [brief, long] = [await sell({ holdTtlSeconds: 7 }), await sell({ queueTimeoutSeconds: 120 })];
  const [ann, bob, cid] = [await held(long, 'ann'), await held(long, 'bob'), await held(long, 'cid')];
  must(200, await shop.checkout(bob.id));
  const order = must(201, await shop.confirm(cid.id, 'pay_cid')).body;
  const dan = await held(brief, 'dan');
  await cluster.postgres.kill();
  for (const { url } of cluster.apps) await eventually('the outage is known', () => isKnown(url));

  const called = await scriptsDuring(async () => {
    for (const answer of await Promise.all([ask(long, 'eve'), ask(long, 'fay', 1)]))
      expect(answer.status === 503 || answer.body.status === 'queued').toBe(true);
    for (const call of [
      ...[shop.extend(ann.id), shop.checkout(ann.id), shop.end(ann.id), shop.end(bob.id)],
      ...[shop.confirm(bob.id, 'pay_bob'), shop.cancel(order.id, true)],
    ])
      expect(await call).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    expect(must(200, await shop.read(ann.id)).body).toEqual({ ...ann, stale: true });
    expect(must(200, await shop.read(bob.id)).body).toMatchObject({
      status: 'checkout',
      lines: bob.lines,
      stale: true,
    });
    const listed = must(200, await shop.list(long.id, '?customerId=ann')).body;
    expect(listed).toMatchObject({ items: [{ id: ann.id, status: 'held' }], stale: true });
    await eventually('dan’s unit is on sale again', async () => {
      const { body } = must(200, await shop.availability(brief.id));
      expect(body).toMatchObject({ stale: true });
      return body.skus[0]?.available === 10;
    });
    expect(must(200, await shop.read(dan.id)).body).toMatchObject({ status: 'expired', stale: true });
  });
  expect(called).toEqual([]);

  await cluster.postgres.restart();
  for (const name of ['eve', 'fay'])
    await eventually(`${name} holds`, async () => (await ask(long, name, 5)).body.status === 'held');
  must(201, await eventually('bob pays', async () => patiently(await shop.confirm(bob.id, 'pay_bob'))));
  await eventually('dan’s expiry is journalled', () =>
    cluster.within(async ({ postgres }) => {
      const { rows } = await postgres.query('SELECT status FROM reservations WHERE id = $1', [dan.id]);
      return (rows[0] as { status: string }).status === 'expired';
    }),
  );
  await cluster.untilReady();
  await cluster.untilCounts(long, '5 3 0 2 / 10');
}, 300_000);

const patiently = (answer: Answer): Answer | false => answer.status !== 503 && answer;
