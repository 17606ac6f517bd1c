import type { Wire } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, type Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

let site: Site;
let shop: Storefront;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
  shop = site.shop();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [3], unitsPerCustomerMax: 2 });
});
afterAll(() => site.close());

const ordered = async (customerId: string, quantity: number): Promise<Wire> => {
  const { id } = (await site.held(sale, customerId, quantity)).body;
  return must(201, await shop.confirm(id, 'pay_1')).body;
};

describe('POST /v1/orders/{id}/cancel', () => {
  it('with restock puts the units back on sale; a repeat is the same answer', async () => {
    const order = await ordered('ann', 2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.cancel(order.id, true)));
    const cancelled = { ...order, status: 'cancelled', cancelledAt: expect.any(String), restocked: true };
    for (const { status, body } of answers)
      expect([status, body]).toEqual([200, { ...cancelled, ...timesOf(answers[0]!.body) }]);
    expect(must(200, await shop.order(order.id)).body).toEqual(answers[0]!.body);
    await site.untilCounts(sale, '3 0 0 0 / 3');
    expect((await site.held(sale, 'ann', 2)).body.lines[0]!.units).toEqual(order.lines[0]!.units);
    expect(must(200, await shop.cancel(order.id, true)).body).toEqual(answers[0]!.body);
    expect(await site.counts(sale)).toEqual(['1 2 0 0 / 3']);
  });

  it('without restock leaves the units sold, and counted for their customer', async () => {
    const order = await ordered('ann', 2);
    expect(must(200, await shop.cancel(order.id, false)).body).toMatchObject({ status: 'cancelled', restocked: false });
    await site.untilCounts(sale, '1 0 0 2 / 3');
    const lines = [{ skuId: sale.skus[0]!, quantity: 1 }];
    const { body } = await shop.reserve(sale.id, { customerId: 'ann', lines }, { wait: 10 });
    expect(body).toMatchObject({ code: 'customer-limit-reached', limit: 2, held: 0, sold: 2 });
  });

  it('is done in one way: the other way is refused', async () => {
    const [kept, back] = [await ordered('ann', 1), await ordered('bob', 1)];
    must(200, await shop.cancel(kept.id, false));
    must(200, await shop.cancel(back.id, true));
    expect(await shop.cancel(kept.id, true)).toMatchObject({
      ...{ status: 409, body: { code: 'order-state-conflict', reason: 'cancelled-without-restock' } },
    });
    expect(await shop.cancel(back.id, false)).toMatchObject({
      ...{ status: 409, body: { code: 'order-state-conflict', reason: 'cancelled-with-restock' } },
    });
    await site.untilCounts(sale, '2 0 0 1 / 3');
  });

  it('leaves the reservation confirmed, and its payment with the outcome that it had', async () => {
    const order = await ordered('ann', 1);
    const before = (await shop.read(order.reservationId)).body;
    const cancelled = must(200, await shop.cancel(order.id, true)).body;
    await site.untilCounts(sale, '3 0 0 0 / 3');
    expect((await shop.read(order.reservationId)).body).toEqual({ ...before, version: before.version + 1 });
    expect(must(200, await shop.confirm(order.reservationId, 'pay_1')).body).toEqual(cancelled);
    expect(await shop.confirm(order.reservationId, 'pay_2')).toMatchObject({
      ...{ status: 409, body: { code: 'already-confirmed', orderId: order.id } },
    });
    expect(await shop.end(order.reservationId)).toMatchObject({
      status: 409,
      body: { reservationStatus: 'confirmed' },
    });
    expect(await site.counts(sale)).toEqual(['3 0 0 0 / 3']);
  });

  it('is for services and admins, not for buyers', async () => {
    const order = await ordered('ann', 1);
    const buyer = await site.buyer('ann');
    expect(await buyer.cancel(order.id, true)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await shop.order(order.id)).body.status).toBe('confirmed');
    must(200, await shop.cancel(order.id, true, ADMIN));
  });

  it('of what is no order is a 404', async () => {
    for (const id of ['ord_8m2k4x0a9b3c7d1e5f6g', 'ord_', 'nothing'])
      expect(await shop.cancel(id, true)).toMatchObject({ status: 404, body: { code: 'order-not-found' } });
  });

  it.each<[string, object, string]>([
    ['nothing', {}, '/restock'],
    ['no reason', { restock: true }, '/reason'],
    ['a word for yes', { restock: 'true', reason: 'x' }, '/restock'],
    ['an empty reason', { restock: true, reason: '' }, '/reason'],
    ['what nobody knows', { restock: true, reason: 'x', refund: true }, '/refund'],
  ])('with %s is a 422', async (_what, body, pointer) => {
    const order = await ordered('ann', 1);
    const answer = await shop.send({ method: 'POST', path: `/v1/orders/${order.id}/cancel`, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-request' } });
    expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
    expect((await shop.order(order.id)).body.status).toBe('confirmed');
  });
});

const timesOf = ({ cancelledAt }: Wire): Pick<Wire, 'cancelledAt'> => ({ cancelledAt });
