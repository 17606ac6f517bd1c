import { postgresUnavailable } from '../../src/platform/postgres.js';
import { SaleCatalog } from '../../src/sales/sale-catalog.js';
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
  sale = await site.sale({ skus: [20] });
});
afterAll(() => site.close());

describe('GET /v1/reservations/{id}', () => {
  it('has the version as its ETag, and answers 304 to who knows it', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    expect((await shop.read(id)).headers.etag).toBe('"2"');
    for (const known of ['"2"', 'W/"2"', '"1", "2"', '*']) {
      const answer = await shop.read(id, { 'if-none-match': known });
      expect({ known, status: answer.status, etag: answer.headers.etag }).toEqual({ known, status: 304, etag: '"2"' });
    }
    expect((await shop.read(id, { 'if-none-match': '"1"' })).status).toBe(200);
    must(200, await shop.checkout(id));
    expect(await shop.read(id, { 'if-none-match': '"2"' })).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  });

  it('has no version where it cannot be told: a store that goes away in the middle is a problem like any other', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    jest.spyOn(site.app.get(SaleCatalog), 'findByKey').mockRejectedValueOnce(postgresUnavailable());
    const { status, headers } = await shop.read(id);
    expect({ status, etag: headers.etag }).toEqual({ status: 503, etag: undefined });
  });

  it('with Prefer: wait sleeps until another process changes it', async () => {
    const other = await site.start('api');
    const { id } = (await site.held(sale, 'ann')).body;
    const waiting = site.shop(other).read(id, { prefer: 'wait=30', 'if-none-match': '"2"' });
    must(200, await shop.checkout(id));
    expect(must(200, await waiting).body).toMatchObject({ status: 'checkout', version: 3 });
    const next = site.shop(other).read(id, { prefer: 'wait=30' });
    must(201, await shop.confirm(id, 'pay_1'));
    expect(must(200, await next).body).toMatchObject({ status: 'confirmed', version: 4 });
    await site.stop(other);
  });

  it('with Prefer: wait answers at once to who knows an older version, and 304 when nothing changed', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    expect(must(200, await shop.read(id, { prefer: 'wait=30', 'if-none-match': '"1"' })).body.version).toBe(2);
    expect((await shop.read(id, { prefer: 'wait=1', 'if-none-match': '"2"' })).status).toBe(304);
    expect(must(200, await shop.read(id, { prefer: 'wait=1' })).body.version).toBe(2);
  });

  it('with Prefer: wait looks for itself where no message comes', async () => {
    const lone = await Site.open({ frozen: true });
    try {
      const first = await lone.start();
      const frozen = await lone.sale({ skus: [5], holdTtlSeconds: 60 });
      const { id } = (await lone.held(frozen, 'ann')).body;
      const api = await lone.start('api');
      await lone.stop(first);
      const waiting = lone.shop(api).read(id, { prefer: 'wait=30', 'if-none-match': '"2"' });
      // Time alone ends this hold: there is no worker that would say so.
      await lone.clock.advance(60_000);
      expect(must(200, await waiting).body).toMatchObject({ status: 'expired', version: 3 });
    } finally {
      await lone.close();
    }
  }, 300_000);

  it('is a 404 for what this service never made', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const last = id.endsWith('A') ? 'B' : 'A';
    for (const wrong of [`${id.slice(0, -1)}${last}`, `${id}A`, id.replace('rsv_', 'ord_'), 'rsv_', 'nonsense', '%00'])
      expect((await shop.read(wrong)).body).toMatchObject({ code: 'reservation-not-found' });
  });
});

describe('GET /v1/sales/{id}/reservations', () => {
  it('lists what a customer has and had in the sale, the newest first', async () => {
    const other = await site.sale({ skus: [20] });
    await site.held(other, 'ann');
    await site.held(sale, 'bob');
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.unshift((await site.held(sale, 'ann', i + 1)).body.id);
      await site.clock.advance(1_000);
    }
    const [checkout = '', confirmed = '', released = '', held = ''] = ids;
    must(200, await shop.checkout(checkout));
    must(201, await shop.confirm(confirmed, 'pay_1'));
    must(200, await shop.end(released));
    const all = must(200, await shop.list(sale.id, '?customerId=ann'));
    expect(all.body.items.map(({ id }) => id)).toEqual(ids);
    const by = async (status: string): Promise<string[]> =>
      (await shop.list(sale.id, `?customerId=ann&status=${status}`)).body.items.map(({ id }) => id);
    expect([await by('held'), await by('checkout')]).toEqual([[held], [checkout]]);
    expect([await by('confirmed'), await by('released')]).toEqual([[confirmed], [released]]);
    for (const item of all.body.items) expect(item).toEqual((await shop.read(item.id)).body);
  });

  it('shows a buyer their own, and a service whom it names', async () => {
    const mine = (await site.held(sale, 'ann')).body.id;
    await site.held(sale, 'bob');
    const ann = await site.buyer('ann');
    expect((await ann.list(sale.id, '')).body.items.map(({ id }) => id)).toEqual([mine]);
    expect(await ann.list(sale.id, '?customerId=bob')).toMatchObject({
      status: 422,
      body: { code: 'invalid-request', errors: [{ pointer: '?customerId' }] },
    });
    expect(await shop.list(sale.id, '')).toMatchObject({ status: 422, body: { errors: [{ pointer: '?customerId' }] } });
    expect((await shop.list(sale.id, '?customerId=nobody')).body.items).toEqual([]);
    expect(await shop.list(sale.id, '?customerId=ann&status=lost')).toMatchObject({ status: 422 });
    expect(await shop.list('sale_0000000000', '?customerId=ann')).toMatchObject({ status: 404 });
  });

  it('shows what was rejected too, with its problem', async () => {
    await site.held(sale, 'bob', 20);
    const lines = [{ skuId: sale.skus[0]!, quantity: 1 }];
    const { body } = await shop.reserve(sale.id, { customerId: 'ann', lines }, { key: 'k', wait: 10 });
    const [item] = (await shop.list(sale.id, '?customerId=ann')).body.items;
    expect(item).toMatchObject({ id: body.reservationId, status: 'rejected', problem: { code: 'units-unavailable' } });
  });
});

describe('GET /v1/orders', () => {
  it('shows buyers their own orders only, and pages', async () => {
    const orders: string[] = [];
    for (const customer of ['ann', 'ann', 'bob', 'ann']) {
      const { id } = (await site.held(sale, customer)).body;
      orders.unshift(must(201, await shop.confirm(id, `pay_${id}`)).body.id);
      await site.clock.advance(1_000);
    }
    const [third = '', bobs = '', second = '', first = ''] = orders;
    const ann = await site.buyer('ann');
    const listed = await ann.orders(`?saleId=${sale.id}`);
    expect(listed.body.items.map(({ id }) => id)).toEqual([third, second, first]);
    expect(await ann.order(bobs)).toMatchObject({ status: 404, body: { code: 'order-not-found' } });
    expect(must(200, await ann.order(second)).body).toEqual(listed.body.items[1]);
    const page = await shop.orders(`?saleId=${sale.id}&limit=3`);
    expect(page.body.items.map(({ id }) => id)).toEqual([third, bobs, second]);
    const rest = await shop.orders(`?saleId=${sale.id}&limit=3&cursor=${page.body.nextCursor}`);
    expect([rest.body.items.map(({ id }) => id), rest.body.nextCursor]).toEqual([[first], null]);
    expect((await shop.orders(`?saleId=${sale.id}&cursor=${first}`)).body.items).toEqual([]);
    for (const [who, cursor] of [
      [shop, 'ord_nobodygaveit'],
      [await site.buyer('cid'), first],
    ] as const)
      expect(await who.orders(`?cursor=${cursor}`)).toMatchObject({
        status: 422,
        body: { code: 'invalid-request', errors: [{ pointer: '?cursor' }] },
      });
    expect((await shop.orders(`?saleId=${sale.id}&customerId=bob`)).body.items.map(({ id }) => id)).toEqual([bobs]);
  });
});
