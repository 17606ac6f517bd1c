import { Site } from '../e2e/site.js';
import type { Wire } from '../e2e/http-client.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let sale: TestSale;
let anns: Wire;
let bobs: Wire;
beforeAll(async () => {
  site = await Site.all();
  sale = await site.sale({ skus: [5, ['A-1', '2']] });
  const seat = { customerId: 'ann', lines: [{ skuId: sale.skus[1] ?? '', units: ['2'] }] };
  anns = must(201, await site.shop().reserve(sale.id, seat, { wait: 10 })).body;
  bobs = (await site.held(sale, 'bob', 3)).body;
  must(201, await site.shop().confirm(anns.id, 'pay_a'));
  must(201, await site.shop().confirm(bobs.id, 'pay_b'));
});
afterAll(() => site.close());

async function found(query: Record<string, string>): Promise<(string | null)[]> {
  const asked = new URLSearchParams({ saleId: sale.id, ...query }).toString();
  return must(200, await site.shop().orders(`?${asked}`)).body.items.map(({ customerId }) => customerId);
}

describe('GET /v1/orders', () => {
  it('finds an order by what its customer has in hand', async () => {
    expect(await found({ paymentReference: 'pay_a' })).toEqual(['ann']);
    expect(await found({ paymentReference: 'pay_' })).toEqual([]);
    expect(await found({ reservationId: bobs.id })).toEqual(['bob']);
    expect(await found({ unit: '1' })).toEqual(['bob']);
    expect((await found({ unit: '2' })).sort()).toEqual(['ann', 'bob']);
    expect(await found({ unit: '2', paymentReference: 'pay_a' })).toEqual(['ann']);
    expect(await found({ unit: 'A-1' })).toEqual([]);
    expect(await found({ unit: '99999999999' })).toEqual([]);
  });

  it('tells a cancelled one from one that stands, and of a unit who has it now', async () => {
    const third = await site.held(sale, 'cal');
    const { body: order } = must(201, await site.shop().confirm(third.body.id, 'pay_c'));
    must(200, await site.shop().cancel(order.id, true));
    expect(await found({ status: 'cancelled' })).toEqual(['cal']);
    expect(await found({ status: 'confirmed' })).toEqual(['bob', 'ann']);
    expect(await found({ unit: third.body.lines[0]?.units[0] ?? '' })).toEqual([]);
  });

  it('shows a buyer nothing of another, whatever they know of it', async () => {
    const bob = await site.buyer('bob');
    for (const query of [
      `paymentReference=pay_a`,
      `reservationId=${anns.id}`,
      `saleId=${sale.id}&unit=2&customerId=ann`,
    ])
      expect(
        must(200, await bob.orders(`?${query}`)).body.items.filter(({ customerId }) => customerId !== 'bob'),
      ).toEqual([]);
    expect(must(200, await bob.orders('?paymentReference=pay_b')).body.items).toHaveLength(1);
  });

  it.each([
    ['a unit without its sale', 'unit=2', '?unit'],
    ['a reference with a space', 'paymentReference=a%20b', '?paymentReference'],
    ['a status that is none', 'status=open', '?status'],
    ['an id of something else', 'reservationId=ord_1', '?reservationId'],
  ])('with %s is refused', async (_what, query, pointer) => {
    const { status, body } = await site.shop().orders(`?${query}`);
    expect({ status, code: body.code, pointer: body.errors[0]?.pointer }).toEqual({
      status: 422,
      code: 'invalid-request',
      pointer,
    });
  });
});
