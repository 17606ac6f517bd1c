import { Redis } from 'ioredis';
import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import { itOnDevices } from '../e2e/full-disks.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { PATIENT_SALE, Storm } from '../e2e/storm.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// Rows R6 and R7 of the fault table in RELIABILITY.md. A Redis that fsyncs each write ends itself when one fails, and has
// not answered it; one that fsyncs by the second has, and refuses the next ones.
const ROOM_BYTES = 300_000;
const ANSWERS = 30;

let cluster: Cluster;
let sale: TestSale;
let ann: Wire;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 0, workers: 0, alls: 1, env: { REDIS_COMMAND_TIMEOUT_MS: '1000' } });
}, 300_000);
beforeEach(async () => {
  await cluster.untilReady();
  sale = await eventually('a sale is open', () => cluster.operator.sell(PATIENT_SALE));
  ann = await eventually('ann holds', async () => {
    const { body } = await ask('ann');
    return body.status === 'held' && body;
  });
});
afterEach(() => {
  // A full disk is no reason to end.
  expect(cluster.apps.map(({ ended }) => ended)).toEqual([false]);
});
afterAll(() => cluster.stop());

const ask = (customerId: string): Promise<Answer> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 1 }];
  return cluster.shop.reserve(sale.id, { customerId, lines }, { key: customerId });
};

async function expectOutage(): Promise<void> {
  const outage = { status: 503, body: { code: 'store-unavailable' }, headers: { 'retry-after': '1' } };
  for (const answer of await Promise.all([ask('dan'), ask('eve'), cluster.shop.extend(ann.id)]))
    expect(answer).toMatchObject(outage);
}

/** These faults strike while customers shop; then everybody has what they were told, and both stores agree. */
async function strikeWith(...faults: (() => Promise<void>)[]): Promise<void> {
  const storm = new Storm(cluster, sale, { carts: 0, seed: 6 });
  const stories = await storm.throughout(async (progress) => {
    for (const fault of faults) {
      await progress.more(ANSWERS);
      await fault();
      await cluster.untilReady();
    }
    await progress.more(ANSWERS);
  });
  expect(must(200, await cluster.shop.read(ann.id)).body).toEqual(ann);
  must(200, await cluster.shop.end(ann.id));
  expect(await storm.verdict(stories)).toEqual([]);
}

/** It is gone: what is held is told from Postgres. */
async function expectAbsence(): Promise<void> {
  await expectOutage();
  expect(must(200, await cluster.shop.read(ann.id)).body).toEqual({ ...ann, stale: true });
}

it('a disk that fills up under load ends Redis, and ends it again, until there is room', async () => {
  const { redis } = cluster;
  await strikeWith(async () => {
    await redis.kill();
    await redis.restartWithin((await redis.bytes()) + ROOM_BYTES);
    await redis.ended();
    await redis.restartWithin(await redis.bytes());
    expect((await redis.ended()).match(/AOF write error/g)).toHaveLength(2);
    await expectAbsence();
    await redis.restart();
  });
}, 300_000);

itOnDevices(
  'a disk that fails at fsync ends Redis before it answers',
  async () => {
    const { redis } = cluster;
    await strikeWith(async () => {
      await redis.appendTo('/dev/null');
      expect(await redis.ended()).toMatch(/fsync error/);
      await expectAbsence();
      await redis.dropDevice();
      await redis.restart();
    });
  },
  300_000,
);

itOnDevices(
  'a Redis that fsyncs by the second lives on and refuses to write: it is as good as away until there is room',
  async () => {
    const { redis } = cluster;
    const client = new Redis(redis.url);
    await strikeWith(async () => {
      await client.config('SET', 'appendfsync', 'everysec');
      await redis.appendTo('/dev/full');
      await eventually('writes are refused', async () => (await client.ping().catch(String)).includes('MISCONF'));
      await expectOutage();
      await redis.appendToFile();
    });
    client.disconnect();
  },
  300_000,
);
