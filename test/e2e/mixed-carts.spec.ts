import { Cluster } from './cluster.js';
import { crowd, seeded } from './crowd.js';
import { auditLedger } from './ledger-audit.js';
import { randomCart, shopFor } from './shopper.js';
import { must } from './test-sale.js';

const CARTS = 1_000;
const CUSTOMERS = 600;
/** Of each of three SKUs, one of them of named units; and of a fourth, which never sells out. */
const UNITS = 100;
const PLACES = 1_000;
const UNITS_PER_CUSTOMER_MAX = 7;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
}, 300_000);
afterAll(() => cluster.stop());

describe('carts of several SKUs, named units, and customers who change their minds', () => {
  it('leave books that add up, limits that hold, and every unit sellable', async () => {
    const dice = seeded(20_261_121);
    const sale = await cluster.operator.sell({
      skus: [UNITS, UNITS, Array.from({ length: UNITS }, (_, i) => String(i + 1)), PLACES],
      unitsPerCustomerMax: UNITS_PER_CUSTOMER_MAX,
      extensionsMax: 1,
    });
    const carts = Array.from({ length: CARTS }, (_, i) =>
      randomCart(sale, dice, UNITS, `customer-${dice(CUSTOMERS)}`, `cart-${i}`),
    );
    const { shop } = cluster;
    const buyers = await crowd(carts, 200, (cart) => shopFor(sale, cart, shop));
    const stories = buyers.map(({ story }) => story);

    const codes = new Set(stories.map(({ standing }) => standing));
    for (const code of [
      'held',
      'checkout',
      'confirmed',
      'released',
      'refused: units-unavailable',
      'refused: customer-limit-reached',
    ])
      expect(codes).toContain(code);
    const owned = new Map<string, number>();
    for (const { customerId, standing, units } of stories) {
      if (!['held', 'checkout', 'confirmed'].includes(standing)) continue;
      owned.set(customerId, (owned.get(customerId) ?? 0) + (units?.length ?? 0));
    }
    expect(Math.max(...owned.values())).toBe(UNITS_PER_CUSTOMER_MAX);
    const { findings, figures } = await cluster.within((stores) => auditLedger(stores, sale, stories));
    expect(findings).toEqual([]);
    expect(figures.held + figures.checkout + figures.sold).toBe(
      [...owned.values()].reduce((sum, count) => sum + count, 0),
    );

    // Whatever was given back can be sold again, to the last unit.
    const left = must(200, await shop.availability(sale.id)).body.skus.map(({ available }) => available);
    const whole = left.flatMap((available, i) =>
      Array.from({ length: available }, () => ({ skuId: sale.skus[i]!, quantity: 1 })),
    );
    const rest = await crowd(whole, 200, (line, i) =>
      shopFor(sale, { customerId: `late-${i}`, key: 'rest', lines: [line], mode: 'all', steps: ['confirm'] }, shop),
    );
    const all = await cluster.within((stores) =>
      auditLedger(stores, sale, [...stories, ...rest.map(({ story }) => story)]),
    );
    expect(all.findings).toEqual([]);
    expect(all.figures.held + all.figures.checkout + all.figures.sold).toBe(3 * UNITS + PLACES);
  }, 300_000);
});
