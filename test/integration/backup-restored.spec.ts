import { Redis } from 'ioredis';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import {
  type PrivatePostgres,
  privatePostgres,
  privateRedis,
  type PrivateStore,
  restoredPostgres,
} from '../e2e/private-stores.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const KEY_PREFIX = 'backed-up';
const stores: PrivateStore[] = [];
let redis: PrivateStore;
let postgres: PrivatePostgres;
let site: Site;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([privateRedis(), privatePostgres()]);
  stores.push(redis, postgres);
  site = await open(postgres, redis);
}, 300_000);
afterAll(async () => {
  await site.close();
  await Promise.all(stores.map((store) => store.stop()));
});

function open(database: PrivateStore, cache: PrivateStore): Promise<Site> {
  return Site.all({
    stores: { databaseUrl: database.url, redisUrl: cache.url },
    env: { KEY_PREFIX, TEST_CLOCK: 'false' },
  });
}

/** What a storefront can see of a sale and of these reservations. */
async function seen(sale: TestSale, ids: readonly string[]): Promise<unknown> {
  const shop = site.shop();
  const reservations: unknown[] = [];
  for (const id of ids) reservations.push((await shop.read(id)).body);
  const { items } = (await shop.orders(`?saleId=${sale.id}`)).body;
  return { counts: await site.counts(sale), reservations, orders: items };
}

const seatsOf = ({ body }: Answer): string[] => body.lines.flatMap(({ units }) => units);

/** Everything of ours in a Redis that is older or younger than the Postgres beside it. */
async function empty(store: PrivateStore): Promise<void> {
  const client = new Redis(store.url);
  await client.flushdb();
  client.disconnect();
}

describe('a backup that was taken while the sale was on', () => {
  it('starts with an empty Redis as the sale was: what was sold is sold, held is held, pinned can be paid for', async () => {
    const sale = await site.sale({ skus: [6, ['A-1', 'A-2', 'A-3']] });
    const shop = site.shop();
    const [sold, held, pinned] = await Promise.all(['ann', 'bob', 'cid'].map((name) => site.held(sale, name)));
    const seat = must(
      201,
      await shop.reserve(
        sale.id,
        { customerId: 'dan', lines: [{ skuId: sale.skus[1]!, units: ['A-2'] }] },
        { wait: 10 },
      ),
    );
    const freed = await site.held(sale, 'eve', 1, { key: 'k' });
    must(200, await shop.end(freed.body.id));
    must(201, await shop.confirm(sold!.body.id, 'pay_1'));
    must(200, await shop.checkout(pinned!.body.id));
    await site.untilCounts(sale, '3 1 1 1 / 6', '2 1 0 0 / 3');
    const ids = [sold!, held!, pinned!, seat, freed].map(({ body }) => body.id);
    const before = await seen(sale, ids);

    const backup = await postgres.backUp();
    const late = await site.held(sale, 'fay');
    const lateOrder = must(201, await shop.confirm(late.body.id, 'pay_2')).body.id;
    await site.untilCounts(sale, '2 1 1 2 / 6', '2 1 0 0 / 3');

    // The machine of Postgres is gone. Redis knows more than the backup, so it is emptied before anything starts.
    await site.close();
    await postgres.kill();
    await empty(redis);
    const restored = await restoredPostgres(backup);
    stores.push(restored);
    site = await open(restored, redis);

    // Until the sale is built anew, Postgres answers, and says so.
    await eventually('all is as before', async () => {
      expect(await seen(sale, ids)).toEqual(before);
      return true;
    });
    const again = site.shop();
    must(200, await again.checkout(held!.body.id));
    must(201, await again.confirm(pinned!.body.id, 'pay_3'));
    const repeated = must(
      200,
      await again.reserve(sale.id, { customerId: 'eve', lines: [{ skuId: sale.skus[0]!, quantity: 1 }] }, { key: 'k' }),
    );
    expect(repeated.body).toMatchObject({ id: freed.body.id, status: 'released' });
    // What was sold after the backup is known to nobody here: the payment's provider has to tell.
    expect((await again.order(lateOrder)).status).toBe(404);
    expect((await again.read(late.body.id)).body).toMatchObject({
      status: 'rejected',
      problem: { code: 'request-lost' },
    });
    const taken = new Set([...seatsOf(sold!), ...seatsOf(held!), ...seatsOf(pinned!)]);
    const fresh = await site.held(sale, 'gus', 3);
    expect(seatsOf(fresh).filter((unit) => taken.has(unit))).toEqual([]);
    await site.untilCounts(sale, '0 3 1 2 / 6', '2 1 0 0 / 3');
  }, 300_000);
});
