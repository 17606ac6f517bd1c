import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
  shop = site.shop();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [10, ['A-1', 'A-2']], checkoutTtlSeconds: 300 });
});
afterAll(() => site.close());

const pinned = async (customerId: string, quantity = 1): Promise<string> => {
  const { id } = (await site.held(sale, customerId, quantity)).body;
  must(200, await shop.checkout(id));
  return id;
};

describe('POST …/checkout', () => {
  it('pins the hold for the payment window; a repeat is the same', async () => {
    const held = (await site.held(sale, 'ann', 2)).body;
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.checkout(held.id)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]!.body });
    const { status, checkoutExpiresAt, version, lines, extensionsLeft } = answers[0]!.body;
    expect({ status, version, lines, extensionsLeft }).toEqual({
      ...{ status: 'checkout', version: 3, lines: held.lines, extensionsLeft: 0 },
    });
    expect(Date.parse(checkoutExpiresAt!)).toBeGreaterThanOrEqual(Date.parse(held.heldAt!) + 300_000);
    expect(await site.counts(sale)).toEqual(['8 0 2 0 / 10', '2 0 0 0 / 2']);
    expect(await shop.extend(held.id)).toMatchObject({
      status: 409,
      body: { code: 'reservation-not-held', reservationStatus: 'checkout' },
    });
  });
});

describe('POST …/confirm', () => {
  it('makes the order, and settles the units', async () => {
    const lines = [
      { skuId: sale.skus[1]!, units: ['A-2'] },
      { skuId: sale.skus[0]!, quantity: 2 },
    ];
    const { id } = must(201, await shop.reserve(sale.id, { customerId: 'ann', lines }, { wait: 10 })).body;
    const reservation = must(200, await shop.checkout(id)).body;
    const { status, headers, body } = await shop.confirm(id, 'pay_1', { amount: 13_500, currency: 'EUR' });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/v1/orders/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^ord_[a-z0-9]{20}$/),
      ...{ reservationId: id, saleId: sale.id, customerId: 'ann', status: 'confirmed', currency: 'EUR', total: 13_500 },
      ...{ paymentReference: 'pay_1', lines: reservation.lines, confirmedAt: expect.any(String) },
      ...{ cancelledAt: null, restocked: null },
    });
    expect(must(200, await shop.order(body.id)).body).toEqual(body);
    expect((await shop.read(id)).body).toMatchObject({ status: 'confirmed', orderId: body.id, version: 4 });
    await site.untilCounts(sale, '8 0 0 2 / 10', '1 0 0 1 / 2');
    expect((await shop.read(id)).body).toMatchObject({ status: 'confirmed', orderId: body.id, version: 4 });
  });

  it('has one outcome a reference: twenty at once are one order', async () => {
    const id = await pinned('ann');
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.confirm(id, 'pay_1')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
    for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
    expect((await shop.orders(`?saleId=${sale.id}`)).body.items).toHaveLength(1);
  });

  it('refuses every other reference, so that it is refunded', async () => {
    const id = await pinned('ann');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => shop.confirm(id, `pay_${i}`)));
    const [order, ...others] = answers.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    const { id: orderId, paymentReference } = order!.body;
    for (const answer of answers.filter((each) => each !== order))
      expect(answer).toMatchObject({ status: 409, body: { code: 'already-confirmed', orderId, paymentReference } });
    const again = await Promise.all(Array.from({ length: 20 }, (_, i) => shop.confirm(id, `pay_${i}`)));
    expect(again.map(({ status, body }) => [status, 'code' in body ? 'refused' : body])).toEqual(
      answers.map(({ status, body }) => [status === 201 ? 200 : 409, 'code' in body ? 'refused' : body]),
    );
  });

  it('pins a held reservation first', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    expect(must(201, await shop.confirm(id, 'pay_1')).body).toMatchObject({
      reservationId: id,
      paymentReference: 'pay_1',
    });
    await site.untilCounts(sale, '9 0 0 1 / 10', '2 0 0 0 / 2');
  });

  it.each([
    ['too little', { amount: 4499 }],
    ['too much', { amount: 4501, currency: 'EUR' }],
    ['another currency', { amount: 4500, currency: 'USD' }],
  ])('refuses %s for good; the right sum comes under a new reference', async (_what, paid) => {
    const id = await pinned('ann');
    const refused = { status: 409, body: { code: 'amount-mismatch', expected: { amount: 4500, currency: 'EUR' } } };
    expect(await shop.confirm(id, 'pay_1', paid)).toMatchObject(refused);
    expect(await shop.confirm(id, 'pay_1', { amount: 4500, currency: 'EUR' })).toMatchObject(refused);
    expect((await shop.read(id)).body.status).toBe('checkout');
    must(201, await shop.confirm(id, 'pay_2', { amount: 4500, currency: 'EUR' }));
  });

  it('takes one reference for several reservations: it belongs to the storefront to tell them apart', async () => {
    const [a, b] = [await pinned('ann'), await pinned('bob')];
    const [first, second] = await Promise.all([shop.confirm(a, 'pay_1'), shop.confirm(b, 'pay_1')]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body.id).not.toBe(second.body.id);
  });

  it.each<[string, object, string]>([
    ['no reference', {}, '/paymentReference'],
    ['an empty reference', { paymentReference: '' }, '/paymentReference'],
    ['a reference with a space', { paymentReference: 'pay 1' }, '/paymentReference'],
    ['half a cent', { paymentReference: 'pay_1', amount: 4500.5 }, '/amount'],
    ['a negative amount', { paymentReference: 'pay_1', amount: -1 }, '/amount'],
    ['null for an amount', { paymentReference: 'pay_1', amount: null }, '/amount'],
    ['a currency in small letters', { paymentReference: 'pay_1', currency: 'eur' }, '/currency'],
    ['what nobody knows', { paymentReference: 'pay_1', tip: 1 }, '/tip'],
  ])('with %s is a 422', async (_what, body, pointer) => {
    const id = await pinned('ann');
    const answer = await shop.send({ method: 'POST', path: `/v1/reservations/${id}/confirm`, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-request' } });
    expect(new Set(answer.body.errors.map((error) => error.pointer))).toEqual(new Set([pointer]));
    expect((await shop.read(id)).body.status).toBe('checkout');
  });

  it('of what was released or rejected is a late payment, or no hold at all', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await shop.end(id));
    const late = { status: 409, body: { code: 'payment-late-rejected', reason: 'released' } };
    expect(await shop.confirm(id, 'pay_1')).toMatchObject(late);
    expect(await shop.confirm(id, 'pay_1')).toMatchObject(late);
    const lines = [{ skuId: sale.skus[1]!, quantity: 3 }];
    const { body } = await shop.reserve(sale.id, { customerId: 'ann', lines }, { key: 'k', wait: 10 });
    expect(await shop.confirm(body.reservationId, 'pay_1')).toMatchObject({
      ...{ status: 409, body: { code: 'reservation-not-held', reservationStatus: 'rejected' } },
    });
  });
});

describe('DELETE /v1/reservations/{id}', () => {
  it('gives back a hold; a repeat is the same answer', async () => {
    const { id, lines } = (await site.held(sale, 'ann', 3)).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.end(id, '?reason=changed%20my%20mind')));
    for (const { status, body } of [...answers, await shop.end(id)])
      expect([status, body.status, body.version]).toEqual([200, 'released', 3]);
    expect((await shop.read(id)).body.lines).toEqual(lines);
    expect(await site.counts(sale)).toEqual(['10 0 0 0 / 10', '2 0 0 0 / 2']);
  });

  it('voids a checkout; a repeat is the same answer', async () => {
    const id = await pinned('ann', 3);
    for (const { status, body } of await Promise.all(Array.from({ length: 10 }, () => shop.end(id))))
      expect([status, body.status, body.version]).toEqual([200, 'released', 4]);
    await site.untilCounts(sale, '10 0 0 0 / 10', '2 0 0 0 / 2');
    expect(must(200, await shop.end(id)).body).toMatchObject({ status: 'released', version: 4 });
    expect(await shop.confirm(id, 'pay_1')).toMatchObject({ status: 409, body: { code: 'payment-late-rejected' } });
  });

  it('of a confirmed one is a 409, before and after it is settled', async () => {
    const id = await pinned('ann');
    must(201, await shop.confirm(id, 'pay_1'));
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'confirmed' } };
    expect(await shop.end(id)).toMatchObject(refused);
    await site.untilCounts(sale, '9 0 0 1 / 10', '2 0 0 0 / 2');
    expect(await shop.end(id)).toMatchObject(refused);
  });

  it('races a confirm: one of them wins, and both are told the same', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => pinned(`customer ${i}`)));
    const outcomes = await Promise.all(
      ids.map(async (id) => {
        const [confirmed, ended] = await Promise.all([shop.confirm(id, `pay_${id}`), shop.end(id)]);
        return { id, sold: confirmed.status === 201, back: ended.status === 200 };
      }),
    );
    for (const { id, sold, back } of outcomes) {
      expect(sold).toBe(!back);
      expect((await shop.read(id)).body.status).toBe(sold ? 'confirmed' : 'released');
    }
    const sold = outcomes.filter((outcome) => outcome.sold).length;
    await site.untilCounts(sale, `${10 - sold} 0 0 ${sold} / 10`, '2 0 0 0 / 2');
  });
});
