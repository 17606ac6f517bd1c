import { SaleCatalog } from '../../src/sales/sale-catalog.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const HOUR = 3_600_000;
let site: Site;
let shop: Storefront;
beforeAll(async () => {
  site = await Site.all({ frozen: true, env: { RETENTION_INTERVAL_MS: '1000' } });
  shop = site.shop();
});
afterAll(() => site.close());

const ask = (sale: TestSale, customerId: string, quantity: number, key: string): ReturnType<Storefront['reserve']> =>
  shop.reserve(sale.id, { customerId, lines: [{ skuId: sale.skus[0]!, quantity }] }, { key, wait: 10 });
const reasonOf = (answer: { body: { code: string } }): string => answer.body.code;

/** The run that finds the sale old enough, word of it in the copy that requests are judged by, then the run that forgets. */
async function untilForgotten(sale: TestSale, id: string): Promise<void> {
  await site.clock.advance(72 * HOUR);
  // Between the two runs lie seconds of the ledger's clock, which the test moves faster than the copy is renewed.
  const catalog = site.app.get(SaleCatalog, { strict: false });
  await eventually('the sale is known to forget', async () => catalog.peek(sale.id)?.forgetsSince);
  await eventually(`${id} is forgotten`, async () => {
    await site.clock.advance(11_000);
    return (await shop.read(id)).status === 404;
  });
}

describe('a request that is older than requests are remembered', () => {
  it('answers 404 where it came to nothing, and its key is free; what was journalled answers as ever', async () => {
    const sale = await site.sale({ skus: [2], holdTtlSeconds: 60 });
    const held = (await site.held(sale, 'ann', 2, { key: 'k' })).body;
    const order = must(201, await shop.confirm(held.id, 'pay_1')).body;
    await site.untilCounts(sale, '0 0 0 2 / 2');
    const refused = await ask(sale, 'bob', 1, 'k');
    expect(reasonOf(refused)).toBe('sold-out');
    const id = refused.body.reservationId;
    expect((await shop.read(id)).body.status).toBe('rejected');

    await untilForgotten(sale, id);
    expect(await shop.read(id)).toMatchObject({ status: 404, body: { code: 'reservation-not-found' } });
    expect((await shop.read(held.id)).body).toMatchObject({
      status: 'confirmed',
      orderId: order.id,
      lines: held.lines,
    });
    // The same key and body meet the same reservation, though it is sold out by now.
    const repeated = must(200, await ask(sale, 'ann', 2, 'k')).body;
    expect(repeated).toMatchObject({ id: held.id, status: 'confirmed', orderId: order.id });
    expect(reasonOf(await ask(sale, 'ann', 1, 'k'))).toBe('idempotency-key-reused');
    expect(reasonOf(await ask(sale, 'bob', 1, 'k'))).toBe('sold-out');
    await site.untilCounts(sale, '0 0 0 2 / 2');
  });
});

describe('a sale that closed long ago', () => {
  it('reads as it ended, takes nothing, and is not read back for it', async () => {
    const sale = await site.sale({ skus: [3], holdTtlSeconds: 60 });
    const sold = (await site.held(sale, 'ann', 1, { key: 'k' })).body;
    const order = must(201, await shop.confirm(sold.id, 'pay_2')).body;
    const freed = (await site.held(sale, 'bob', 1)).body;
    must(200, await shop.end(freed.id));
    await site.untilCounts(sale, '2 0 0 1 / 3');
    await site.operator().command(sale.id, 'close');
    const availability = (await shop.availability(sale.id)).body;
    await site.clock.advance(8 * 24 * HOUR);
    const isRetired = (): Promise<boolean> => site.keyCount(sale).then((keys) => keys === 0);
    await eventually('the sale is retired', isRetired);

    expect((await shop.availability(sale.id)).body).toEqual({ ...availability, asOf: expect.any(String) });
    expect((await shop.read(sold.id)).body).toMatchObject({ status: 'confirmed', orderId: order.id });
    expect((await shop.read(freed.id)).body).toMatchObject({ status: 'released', lines: freed.lines });
    expect((await shop.list(sale.id, '?customerId=bob')).body.items.map(({ id }) => id)).toEqual([freed.id]);
    must(200, await shop.end(freed.id));
    expect(must(200, await shop.confirm(sold.id, 'pay_2')).body.id).toBe(order.id);
    expect(reasonOf(await shop.checkout(freed.id))).toBe('reservation-not-held');
    expect(must(200, await ask(sale, 'ann', 1, 'k')).body).toMatchObject({ id: sold.id, status: 'confirmed' });
    expect(reasonOf(await ask(sale, 'cid', 1, 'k'))).toBe('sale-closed');
    expect(
      reasonOf(await shop.reserve(sale.id, { customerId: 'cid', lines: [{ skuId: sale.skus[0]!, quantity: 1 }] })),
    ).toBe('sale-closed');
    expect(await isRetired()).toBe(true);
  });
});
