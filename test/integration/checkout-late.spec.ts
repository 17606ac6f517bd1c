import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  shop = site.shop();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [4, ['A-1', 'A-2', 'A-3']], ...WINDOWS, unitsPerCustomerMax: 4 });
});
afterAll(() => site.close());

const WINDOWS = { holdTtlSeconds: 60, checkoutTtlSeconds: 120, latePayment: 'rehold' };

const becomes = (id: string, status: string): Promise<unknown> =>
  eventually(`${id} is ${status}`, async () => (await shop.read(id)).body.status === status);

/** A reservation whose payment window has passed. */
async function overdue(customerId: string, quantity: number, of = sale): Promise<Wire> {
  const held = (await site.held(of, customerId, quantity)).body;
  must(200, await shop.checkout(held.id));
  await site.clock.advance(120_000);
  await becomes(held.id, 'expired');
  return held;
}

const late = (reason: string): object => ({ status: 409, body: { code: 'payment-late-rejected', reason } });
const orderCount = async (of = sale): Promise<number> => (await shop.orders(`?saleId=${of.id}`)).body.items.length;

describe('a late payment of a sale that holds again', () => {
  it('buys the same units when they are free', async () => {
    const held = await overdue('ann', 2);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    const order = must(201, await shop.confirm(held.id, 'pay_1', { amount: 9_000, currency: 'EUR' })).body;
    expect(order).toMatchObject({
      ...{ reservationId: held.id, customerId: 'ann', status: 'confirmed', total: 9_000, paymentReference: 'pay_1' },
      lines: held.lines,
    });
    expect(must(200, await shop.confirm(held.id, 'pay_1')).body).toEqual(order);
    expect(must(200, await shop.order(order.id)).body).toEqual(order);
    await site.untilCounts(sale, '2 0 0 2 / 4', '3 0 0 0 / 3');
    expect((await shop.read(held.id)).body).toMatchObject({
      status: 'confirmed',
      orderId: order.id,
      lines: held.lines,
    });
    const listed = (await shop.list(sale.id, '?customerId=ann')).body.items;
    expect(listed.map(({ id, status }) => [id, status])).toEqual([[held.id, 'confirmed']]);
  });

  it('of a hold that was never pinned counts too', async () => {
    const held = (await site.held(sale, 'ann')).body;
    await site.clock.advance(60_000);
    expect(must(201, await shop.confirm(held.id, 'pay_1')).body.lines).toEqual(held.lines);
    await site.untilCounts(sale, '3 0 0 1 / 4', '3 0 0 0 / 3');
    expect((await shop.read(held.id)).body.status).toBe('confirmed');
  });

  it('keeps what is still free and buys as many others of the same SKU for the rest, named ones too', async () => {
    const lines = [
      { skuId: sale.skus[1]!, units: ['A-1', 'A-2'] },
      { skuId: sale.skus[0]!, quantity: 1 },
    ];
    const { id } = must(201, await shop.reserve(sale.id, { customerId: 'ann', lines }, { wait: 10 })).body;
    await site.clock.advance(60_000);
    await becomes(id, 'expired');
    const taken = [{ skuId: sale.skus[1]!, units: ['A-1'] }];
    must(201, await shop.reserve(sale.id, { customerId: 'bob', lines: taken }, { wait: 10 }));
    const order = must(201, await shop.confirm(id, 'pay_1', { amount: 13_500, currency: 'EUR' })).body;
    expect(order.lines.map(({ units }) => units)).toEqual([['A-3', 'A-2'], ['1']]);
    expect((await shop.read(id)).body).toMatchObject({ status: 'confirmed', lines: order.lines, total: 13_500 });
    await site.untilCounts(sale, '3 0 0 1 / 4', '0 1 0 2 / 3');
  });

  it('is refused when there are not enough units, the same to every repeat, also when some come back', async () => {
    const held = await overdue('ann', 2);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    const other = (await site.held(sale, 'bob', 3)).body;
    expect(await shop.confirm(held.id, 'pay_1')).toMatchObject(late('units-unavailable'));
    must(200, await shop.end(other.id));
    expect(await shop.confirm(held.id, 'pay_1')).toMatchObject(late('units-unavailable'));
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    must(201, await shop.confirm(held.id, 'pay_2'));
  });

  it('is refused as sold out when none can come back', async () => {
    const held = await overdue('ann', 2);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    const other = (await site.held(sale, 'bob', 4)).body;
    must(201, await shop.confirm(other.id, 'pay_1'));
    await site.untilCounts(sale, '0 0 0 4 / 4', '3 0 0 0 / 3');
    expect(await shop.confirm(held.id, 'pay_1')).toMatchObject(late('sold-out'));
  });

  it('does not lead around the limit of its customer', async () => {
    const held = await overdue('ann', 2);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    const again = (await site.held(sale, 'ann', 3)).body;
    expect(await shop.confirm(held.id, 'pay_1')).toMatchObject(late('customer-limit-reached'));
    must(201, await shop.confirm(again.id, 'pay_1'));
    await site.untilCounts(sale, '1 0 0 3 / 4', '3 0 0 0 / 3');
  });

  it('is taken while the sale is paused, and refused once it is closed', async () => {
    const [first, second] = [await overdue('ann', 1), await overdue('bob', 1)];
    await site.operator().command(sale.id, 'pause');
    must(201, await shop.confirm(first.id, 'pay_1'));
    await site.operator().command(sale.id, 'close');
    expect(await shop.confirm(second.id, 'pay_1')).toMatchObject(late('sale-closed'));
    await site.untilCounts(sale, '3 0 0 1 / 4', '3 0 0 0 / 3');
  });

  it('is refused when the customer gave the units back, pinned or not', async () => {
    const [held, pinned] = [(await site.held(sale, 'ann')).body, (await site.held(sale, 'bob')).body];
    must(200, await shop.checkout(pinned.id));
    for (const { id } of [held, pinned]) {
      must(200, await shop.end(id));
      expect(await shop.confirm(id, 'pay_1')).toMatchObject(late('released'));
    }
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
  });

  it('of another amount holds nothing', async () => {
    const held = await overdue('ann', 1);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    expect(await shop.confirm(held.id, 'pay_1', { amount: 4_499 })).toMatchObject({
      ...{ status: 409, body: { code: 'amount-mismatch', expected: { amount: 4_500, currency: 'EUR' } } },
    });
    expect(await site.counts(sale)).toEqual(['4 0 0 0 / 4', '3 0 0 0 / 3']);
    must(201, await shop.confirm(held.id, 'pay_2', { amount: 4_500 }));
  });

  it('is cancelled like any order, and its units go back on sale', async () => {
    const held = await overdue('ann', 2);
    const order = must(201, await shop.confirm(held.id, 'pay_1')).body;
    expect(must(200, await shop.cancel(order.id, true)).body.lines).toEqual(order.lines);
    await site.untilCounts(sale, '4 0 0 0 / 4', '3 0 0 0 / 3');
    expect((await site.held(sale, 'ann', 4)).body.status).toBe('held');
    expect(await shop.confirm(held.id, 'pay_2')).toMatchObject({ status: 409, body: { code: 'already-confirmed' } });
  });
});

describe('late payments at once', () => {
  it('under one reference are one order', async () => {
    const held = await overdue('ann', 2);
    const answers = await Promise.all(Array.from({ length: 12 }, () => shop.confirm(held.id, 'pay_1')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(11).fill(200), 201]);
    for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
    await site.untilCounts(sale, '2 0 0 2 / 4', '3 0 0 0 / 3');
  });

  it('under many references are one order and refusals, and what was held for the others is back', async () => {
    const wide = await site.sale({ skus: [40], ...WINDOWS });
    const held = await overdue('ann', 2, wide);
    const pay = (i: number): Promise<Answer> => shop.confirm(held.id, `pay_${i}`);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => pay(i)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['already-confirmed']));
    await site.untilCounts(wide, '38 0 0 2 / 40');
    const again = await Promise.all(Array.from({ length: 8 }, (_, i) => pay(i)));
    expect(again.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(({ status, body }) => [status === 201 ? 200 : 409, body.code]),
    );
    expect(await orderCount(wide)).toBe(1);
  });

  it('and a new buyer of the last units: one of them has each unit', async () => {
    for (let round = 0; round < 4; round++) {
      const small = await site.sale({ skus: [2], ...WINDOWS });
      const held = await overdue('ann', 2, small);
      const lines = [{ skuId: small.skus[0]!, quantity: 1 }];
      const [paid, ...bought] = await Promise.all([
        shop.confirm(held.id, 'pay_1'),
        shop.reserve(small.id, { customerId: 'bob', lines }, { wait: 10 }),
        shop.reserve(small.id, { customerId: 'cid', lines }, { wait: 10 }),
      ]);
      const others = bought.filter(({ status }) => status === 201).length;
      if (paid.status === 201) expect(others).toBe(0);
      else expect(paid).toMatchObject(late('units-unavailable'));
      await site.untilCounts(small, paid.status === 201 ? '0 0 0 2 / 2' : `${2 - others} ${others} 0 0 / 2`);
      expect((await shop.confirm(held.id, 'pay_1')).status).toBe(paid.status === 201 ? 200 : 409);
    }
  });
});

describe('a payment for what is not held', () => {
  it('is refused for good, also when the request is refused or was never heard of', async () => {
    const lines = [{ skuId: sale.skus[0]!, quantity: 5 }];
    const asked = await shop.reserve(sale.id, { customerId: 'ann', lines, mode: 'all' }, { key: 'k', wait: 10 });
    const { reservationId } = asked.body;
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'rejected' } };
    for (const reference of ['pay_1', 'pay_1', 'pay_2'])
      expect(await shop.confirm(reservationId, reference)).toMatchObject(refused);
  });
});
