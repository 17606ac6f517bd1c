import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
let sale: TestSale;
let sku: string;
beforeAll(async () => {
  site = await Site.all();
  shop = site.shop();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [20] });
  sku = sale.skus[0] ?? '';
});
afterAll(() => site.close());

const times = <T>(count: number, call: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => call(i)));

describe('the same Idempotency-Key and body', () => {
  it('fifty times at once is one reservation', async () => {
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 2 }] };
    const answers = await times(50, () => shop.reserve(sale.id, asked, { key: 'one', wait: 10 }));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.lines[0]?.units.join())).size).toBe(1);
    expect(await site.counts(sale)).toEqual(['18 2 0 0 / 20']);
  });

  it('without waiting, fifty times at once, is one reservation too', async () => {
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 2 }] };
    const answers = await times(50, () => shop.reserve(sale.id, asked, { key: 'one' }));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 202 || status === 200)).toBe(true);
    await site.untilCounts(sale, '18 2 0 0 / 20');
  });

  it('answers 200 with the reservation as it is by now', async () => {
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 }], metadata: { cart: 1 } };
    const again = (): ReturnType<typeof shop.reserve> => shop.reserve(sale.id, asked, { key: 'k', wait: 20 });
    const { id } = must(201, await again()).body;
    expect(must(200, await again()).body).toMatchObject({ id, status: 'held' });
    must(200, await shop.checkout(id));
    expect(must(200, await again()).body).toMatchObject({ id, status: 'checkout' });
    const order = must(201, await shop.confirm(id, 'pay_1')).body;
    expect(must(200, await again()).body).toMatchObject({ id, status: 'confirmed', orderId: order.id });
    await site.untilCounts(sale, '19 0 0 1 / 20');
    expect(must(200, await again()).body).toMatchObject({ id, status: 'confirmed', orderId: order.id });
  });

  it('answers a released one as released, and holds nothing again', async () => {
    const { id } = (await site.held(sale, 'ann', 2, { key: 'k' })).body;
    must(200, await shop.end(id));
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 2 }] };
    expect(must(200, await shop.reserve(sale.id, asked, { key: 'k', wait: 5 })).body).toMatchObject({
      id,
      status: 'released',
    });
    expect(await site.counts(sale)).toEqual(['20 0 0 0 / 20']);
  });

  it('answers a refusal with the same refusal, though there would be units by now', async () => {
    const { id } = (await site.held(sale, 'bob', 20)).body;
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 }] };
    const refused = await shop.reserve(sale.id, asked, { key: 'k', wait: 10 });
    expect(refused).toMatchObject({ status: 409, body: { code: 'units-unavailable' } });
    expect(refused.headers.location).toBe(`/v1/reservations/${refused.body.reservationId}`);
    must(200, await shop.end(id));
    expect(await shop.reserve(sale.id, asked, { key: 'k', wait: 10 })).toMatchObject({
      status: 409,
      body: refused.body,
    });
    must(201, await shop.reserve(sale.id, asked, { key: 'a new key', wait: 10 }));
  });
});

describe('the same Idempotency-Key', () => {
  it.each<[string, (asked: { customerId: string; lines: { skuId: string; quantity: number }[] }) => object]>([
    ['another quantity', (asked) => ({ ...asked, lines: [{ skuId: sku, quantity: 2 }] })],
    ['another line', (asked) => ({ ...asked, lines: [...asked.lines, ...asked.lines] })],
    ['named units', (asked) => ({ ...asked, lines: [{ skuId: sku, units: ['1'] }] })],
    ['another mode', (asked) => ({ ...asked, mode: 'partial' })],
    ['other metadata', (asked) => ({ ...asked, metadata: { cart: 2 } })],
  ])('with %s is a 422, while held and after it is over', async (_what, change) => {
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 }] };
    const { id } = must(201, await shop.reserve(sale.id, asked, { key: 'k', wait: 10 })).body;
    const path = `/v1/sales/${sale.id}/reservations`;
    const other = { method: 'POST', path, headers: { 'idempotency-key': 'k' }, body: change(asked) };
    expect(await shop.send(other)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    must(200, await shop.end(id));
    expect(await shop.send(other)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await site.counts(sale)).toEqual(['20 0 0 0 / 20']);
  });

  it('of another customer, or in another sale, is another reservation', async () => {
    const other = await site.sale({ skus: [20] });
    const ids = await Promise.all([
      site.held(sale, 'ann', 1, { key: 'k' }),
      site.held(sale, 'bob', 1, { key: 'k' }),
      site.held(other, 'ann', 1, { key: 'k' }),
    ]);
    expect(new Set(ids.map(({ body }) => body.id)).size).toBe(3);
  });

  it('with several bodies at once lets one of them win', async () => {
    const answers = await times(20, (i) =>
      shop.reserve(
        sale.id,
        { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 + (i % 4) }] },
        { key: 'k', wait: 10 },
      ),
    );
    const good = answers.filter(({ status }) => status !== 422);
    expect(good).toHaveLength(5);
    expect(new Set(good.map(({ body }) => body.lines[0]?.quantity)).size).toBe(1);
    const quantity = good[0]?.body.lines[0]?.quantity ?? 0;
    expect(await site.counts(sale)).toEqual([`${20 - quantity} ${quantity} 0 0 / 20`]);
  });
});

describe('without an Idempotency-Key', () => {
  it('each request is one of its own, and its key comes back', async () => {
    const asked = { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 }] };
    const first = must(201, await shop.reserve(sale.id, asked, { wait: 10 }));
    const second = must(201, await shop.reserve(sale.id, asked, { wait: 10 }));
    expect(second.body.id).not.toBe(first.body.id);
    const key = String(first.headers['idempotency-key']);
    expect(must(200, await shop.reserve(sale.id, asked, { key, wait: 10 })).body.id).toBe(first.body.id);
  });
});
