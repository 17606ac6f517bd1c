import { Cluster } from './cluster.js';
import { eventually } from './eventually.js';
import { makeRelease } from './release.js';
import { Storefront, STOREFRONT_KEY } from './storefront.js';
import { PATIENT_SALE, replace, Storm } from './storm.js';
import { must, type TestSale } from './test-sale.js';

// Three releases: the one that learns layout 2, the next, which writes it, and one that has never heard of it.
let learns: string;
let writes: string;
let ignorant: string;
let cluster: Cluster;
beforeAll(async () => {
  learns = await makeRelease({ name: 'learns', layouts: { oldest: 1, newest: 2, written: 1 } });
  writes = await makeRelease({ name: 'writes', layouts: { oldest: 1, newest: 2, written: 2 } });
  ignorant = await makeRelease({ name: 'ignorant', layouts: { oldest: 1, newest: 1, written: 1 } });
  cluster = await Cluster.start({ main: learns });
}, 300_000);
afterAll(() => cluster.stop());

const stateOf = (sale: TestSale): Promise<{ epoch: number; layout: number; inRedis: string | null }> =>
  cluster.within(async ({ postgres, redis, keyPrefix }) => {
    const { rows } = await postgres.query<{ epoch: number; layout: number }>(
      'SELECT epoch, layout FROM sales WHERE id = $1',
      [sale.id],
    );
    return { ...rows[0]!, inRedis: await redis.hget(`${keyPrefix}:{${sale.key}}:meta`, 'layout') };
  });

describe('a rolling upgrade under load', () => {
  let sale: TestSale;

  it('replaces every process, and loses nothing that was acknowledged', async () => {
    sale = await cluster.operator.sell({ ...PATIENT_SALE, skus: [4_000, 4_000, 20_000] });
    expect(await stateOf(sale)).toEqual({ epoch: 1, layout: 1, inRedis: '1' });
    const storm = new Storm(cluster, sale, { carts: 0, seed: 11 });
    const stories = await storm.throughout(() => replace(cluster, cluster.apps, writes));
    const refusals = new Set(
      stories.map(({ standing }) => standing).filter((standing) => standing.startsWith('refused')),
    );
    for (const refusal of refusals) expect(['refused: units-unavailable', 'refused: sold-out']).toContain(refusal);
    expect(stories.filter(({ standing }) => standing === 'confirmed').length).toBeGreaterThan(20);
    expect(await storm.verdict(stories)).toEqual([]);
    expect(await stateOf(sale)).toMatchObject({ layout: 2, inRedis: '2' });
  }, 240_000);

  it('goes back a release in the same way, and a sale keeps its layout', async () => {
    const newer = await cluster.operator.sell(PATIENT_SALE);
    const storm = new Storm(cluster, newer, { carts: 0, seed: 12 });
    const stories = await storm.throughout(() => replace(cluster, [cluster.workers[0]!], learns));
    expect(await storm.verdict(stories)).toEqual([]);
    expect(await stateOf(newer)).toMatchObject({ layout: 2, inRedis: '2' });
  }, 300_000);

  it('finds a release that does not know the layout leaving the sale alone; payments go on there', async () => {
    const held = must(201, await cluster.shop.reserve(sale.id, asked(sale, 'ann'), { wait: 10 })).body;
    must(200, await cluster.shop.checkout(held.id));
    const before = await stateOf(sale);
    const [api, worker] = [cluster.apis[0]!, cluster.workers[0]!];
    await replace(cluster, [api, worker], ignorant);
    const shop = new Storefront(cluster.client, [api.url], STOREFRONT_KEY);
    const refused = await shop.reserve(sale.id, asked(sale, 'bob'), { key: 'bob' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    must(201, await shop.confirm(held.id, 'pay_ann'));
    // The other API and the other worker know the layout: the same key finds its hold there.
    const other = new Storefront(cluster.client, [cluster.apis[1]!.url], STOREFRONT_KEY);
    await eventually('the other API holds it', async () => {
      const { status } = await other.reserve(sale.id, asked(sale, 'bob'), { key: 'bob', wait: 10 });
      return status === 201 || status === 200;
    });
    expect(await stateOf(sale)).toEqual(before);
    for (const app of [api, worker]) expect(app.ended).toBe(false);
  }, 300_000);
});

const asked = (
  sale: TestSale,
  customerId: string,
): { customerId: string; lines: { skuId: string; quantity: number }[] } => ({
  customerId,
  lines: [{ skuId: sale.skus[2]!, quantity: 1 }],
});
