import { Buyer } from './buyer.js';
import { Cluster } from './cluster.js';
import { crowd } from './crowd.js';
import { auditLedger } from './ledger-audit.js';

const BUYERS = 5_000;
const AT_ONCE = 200;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
}, 300_000);
afterAll(() => cluster.stop());

const buyersOf = (count: number): Buyer[] =>
  Array.from({ length: count }, (_, i) => new Buyer(cluster.shop, `customer-${i}`, `cart-${i}`));

describe('5,000 buyers', () => {
  it('on 100 units: 100 are held, 100 sold, each once, and everybody else is told why not', async () => {
    const sale = await cluster.operator.sell({ skus: [100] });
    const buyers = buyersOf(BUYERS);
    const line = { skuId: sale.skus[0]!, quantity: 1 };
    await crowd(buyers, AT_ONCE, (buyer) => buyer.reserve(sale.id, { lines: [line] }));
    const winners = buyers.filter(({ story }) => story.standing === 'held');
    expect(winners).toHaveLength(100);
    expect(new Set(winners.flatMap(({ story }) => story.units ?? [])).size).toBe(100);
    const refusals = new Set(buyers.filter((buyer) => !winners.includes(buyer)).map(({ story }) => story.standing));
    expect([...refusals]).toEqual(['refused: units-unavailable']);

    // Every payment is told twice, at the same time, as storefronts do.
    await crowd([...winners, ...winners], AT_ONCE, (buyer) => buyer.confirm());
    const audit = await cluster.within((stores) =>
      auditLedger(
        stores,
        sale,
        buyers.map(({ story }) => story),
      ),
    );
    expect(audit).toEqual({ findings: [], figures: { held: 0, checkout: 0, sold: 100, orders: 100 } });

    const late = new Buyer(cluster.shop, 'too late', 'cart');
    await late.reserve(sale.id, { lines: [line] });
    expect(late.story.standing).toBe('refused: sold-out');
  }, 300_000);

  it('on 20,000 units: everybody holds what they asked for, no unit twice', async () => {
    const sale = await cluster.operator.sell({ skus: [20_000] });
    const buyers = buyersOf(BUYERS);
    const quantity = (i: number): number => 1 + (i % 4);
    await crowd(buyers, AT_ONCE, (buyer, i) =>
      buyer.reserve(sale.id, { lines: [{ skuId: sale.skus[0]!, quantity: quantity(i) }] }),
    );
    expect(buyers.filter(({ story }, i) => story.units?.length !== quantity(i))).toEqual([]);
    const audit = await cluster.within((stores) =>
      auditLedger(
        stores,
        sale,
        buyers.map(({ story }) => story),
      ),
    );
    expect(audit).toEqual({ findings: [], figures: { held: 12_500, checkout: 0, sold: 0, orders: 0 } });
  }, 300_000);
});
