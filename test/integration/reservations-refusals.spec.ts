import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import type { LineAsked, Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
beforeAll(async () => {
  site = await Site.all();
  shop = site.shop();
});
afterAll(() => site.close());

let keys = 0;

/** Asks with a new key, so that the door lets it pass and the ledger decides. */
function ask(sale: TestSale, customerId: string, lines: LineAsked[], mode: 'all' | 'partial' = 'all'): Promise<Answer> {
  return shop.reserve(sale.id, { customerId, lines, mode }, { key: `key-${keys++}`, wait: 10 });
}

const line = (sale: TestSale, sku: number, quantity: number): LineAsked => ({ skuId: sale.skus[sku] ?? '', quantity });
const named = (sale: TestSale, sku: number, ...units: string[]): LineAsked => ({ skuId: sale.skus[sku] ?? '', units });

describe('a refusal after queueing', () => {
  it('is a 409 that names the reservation, which tells the same problem', async () => {
    const sale = await site.sale({ skus: [1] });
    await site.held(sale, 'ann');
    const { status, headers, body } = await ask(sale, 'bob', [line(sale, 0, 1)]);
    expect(status).toBe(409);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers.location).toBe(`/v1/reservations/${body.reservationId}`);
    expect(body).toMatchObject({ code: 'units-unavailable', instance: `/v1/sales/${sale.id}/reservations` });
    expect(body.type).toMatch(/\/units-unavailable$/);
    const read = must(200, await shop.read(body.reservationId));
    expect(read.body).toMatchObject({ status: 'rejected', version: 2, total: 0, heldAt: null, expiresAt: null });
    expect(read.body.problem).toMatchObject({ code: 'units-unavailable', status: 409, lines: body.lines });
  });
});

describe('units-unavailable', () => {
  it('says what each line lacks, how many others hold, and when the next hold ends', async () => {
    const sale = await site.sale({ skus: [3, 5] });
    const held = await site.held(sale, 'ann', 2);
    const { body } = await ask(sale, 'bob', [line(sale, 1, 2), line(sale, 0, 2)]);
    expect(body.code).toBe('units-unavailable');
    expect(body.lines).toEqual([
      { skuId: sale.skus[0], requested: 2, available: 1, heldByOthers: 2, nextExpiryAt: held.body.expiresAt },
    ]);
    expect(await site.counts(sale)).toEqual(['1 2 0 0 / 3', '5 0 0 0 / 5']);
  });

  it('names the units that are gone, and counts one’s own hold as no other’s', async () => {
    const sale = await site.sale({ skus: [['A-1', 'A-2', 'A-3']] });
    must(201, await ask(sale, 'ann', [named(sale, 0, 'A-1', 'A-2')]));
    const { body } = await ask(sale, 'ann', [named(sale, 0, 'A-2', 'A-3')]);
    expect(body).toMatchObject({ code: 'units-unavailable' });
    expect(body.lines).toMatchObject([{ requested: 2, available: 1, heldByOthers: 0, unavailableUnits: ['A-2'] }]);
  });

  it('sums the lines of one SKU', async () => {
    const sale = await site.sale({ skus: [3] });
    expect(await ask(sale, 'ann', [line(sale, 0, 2), line(sale, 0, 2)])).toMatchObject({
      ...{ status: 409, body: { code: 'units-unavailable' } },
    });
    must(201, await ask(sale, 'ann', [line(sale, 0, 2), line(sale, 0, 1)]));
  });

  it('is the answer to partial mode only when nothing at all can be had', async () => {
    const sale = await site.sale({ skus: [2, 2] });
    await site.held(sale, 'ann', 2);
    const some = must(201, await ask(sale, 'bob', [line(sale, 0, 1), line(sale, 1, 3)], 'partial'));
    expect(some.body.lines.map(({ quantity, requested }) => [quantity, requested])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await ask(sale, 'cid', [line(sale, 0, 1), line(sale, 1, 1)], 'partial')).toMatchObject({
      ...{ status: 409, body: { code: 'units-unavailable' } },
    });
  });
});

describe('sold-out', () => {
  it('is told from units that may come back, with a key and at the door', async () => {
    const sale = await site.sale({ skus: [1] });
    const { id } = (await site.held(sale, 'ann')).body;
    expect(await ask(sale, 'bob', [line(sale, 0, 1)])).toMatchObject({
      status: 409,
      body: { code: 'units-unavailable' },
    });
    must(200, await shop.checkout(id));
    expect(await ask(sale, 'bob', [line(sale, 0, 1)])).toMatchObject({
      status: 409,
      body: { code: 'units-unavailable' },
    });
    must(201, await shop.confirm(id, 'pay_1'));
    await site.untilCounts(sale, '0 0 0 1 / 1');
    const gone = await ask(sale, 'bob', [line(sale, 0, 1)]);
    expect(gone).toMatchObject({ status: 409, body: { code: 'sold-out' } });
    expect(gone.body.lines).toEqual([
      { skuId: sale.skus[0], requested: 1, available: 0, heldByOthers: 0, nextExpiryAt: null },
    ]);
    await eventually('the door knows', async () => {
      const door = await shop.reserve(sale.id, { customerId: 'bob', lines: [line(sale, 0, 1)] }, { wait: 10 });
      expect(door).toMatchObject({ status: 409, body: { code: 'sold-out' } });
      // Turned away at the door: nothing was written down that could be named.
      return !('reservationId' in door.body) && !('location' in door.headers);
    });
  });
});

describe('customer-limit-reached', () => {
  it('counts a customer’s holds, pins and orders across the sale, and names what can be released', async () => {
    const sale = await site.sale({ skus: [10, 10], unitsPerCustomerMax: 4 });
    const paid = (await site.held(sale, 'ann', 1)).body;
    must(201, await shop.confirm(paid.id, 'pay_1'));
    await site.untilCounts(sale, '9 0 0 1 / 10', '10 0 0 0 / 10');
    const pinned = (await site.held(sale, 'ann', 1)).body;
    must(200, await shop.checkout(pinned.id));
    const held = must(201, await ask(sale, 'ann', [line(sale, 1, 2)])).body;
    const refused = await ask(sale, 'ann', [line(sale, 1, 1)]);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'customer-limit-reached', limit: 4, held: 3, sold: 1 },
    });
    expect([...refused.body.reservationIds].sort()).toEqual([pinned.id, held.id].sort());
    must(201, await ask(sale, 'bob', [line(sale, 0, 4)]));
    must(200, await shop.end(held.id));
    must(201, await ask(sale, 'ann', [line(sale, 1, 2)]));
  });

  it('counts within a SKU too, and trims a partial request', async () => {
    const sale = await site.sale({ skus: [10, 10], skuUnitsPerCustomerMax: 2 });
    const { id } = (await site.held(sale, 'ann', 1)).body;
    const refused = await ask(sale, 'ann', [line(sale, 0, 2), line(sale, 1, 1)]);
    expect(refused.body).toMatchObject({
      code: 'customer-limit-reached',
      limit: 2,
      held: 1,
      sold: 0,
      reservationIds: [id],
    });
    const trimmed = must(201, await ask(sale, 'ann', [line(sale, 0, 5), line(sale, 1, 5)], 'partial'));
    expect(trimmed.body.lines.map(({ quantity }) => quantity)).toEqual([1, 2]);
    expect(await ask(sale, 'ann', [line(sale, 0, 1)], 'partial')).toMatchObject({
      body: { code: 'customer-limit-reached' },
    });
  });

  it('holds against a customer who asks forty times at once', async () => {
    const sale = await site.sale({ skus: [100], unitsPerCustomerMax: 6 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(sale, 'ann', [line(sale, 0, 2)])));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('customer-limit-reached');
    expect(await site.counts(sale)).toEqual(['94 6 0 0 / 100']);
  });
});

describe('a sale that does not sell now', () => {
  it('is paused, goes on, and is closed; holds that stand may be paid for', async () => {
    const sale = await site.sale({ skus: [10] });
    const operator = site.operator();
    const { id } = (await site.held(sale, 'ann')).body;
    await operator.command(sale.id, 'pause');
    expect(await ask(sale, 'bob', [line(sale, 0, 1)])).toMatchObject({ status: 409, body: { code: 'sale-paused' } });
    const keyless = { customerId: 'bob', lines: [line(sale, 0, 1)] };
    expect(await shop.reserve(sale.id, keyless)).toMatchObject({ status: 409, body: { code: 'sale-paused' } });
    must(200, await shop.checkout(id));
    await operator.command(sale.id, 'resume');
    must(201, await ask(sale, 'bob', [line(sale, 0, 1)]));
    await operator.command(sale.id, 'close');
    const closed = await ask(sale, 'cid', [line(sale, 0, 1)]);
    expect(closed).toMatchObject({ status: 409, body: { code: 'sale-closed' } });
    expect(Date.parse(String(closed.body.closedAt))).not.toBeNaN();
    must(201, await shop.confirm(id, 'pay_1'));
    await site.untilCounts(sale, '8 1 0 1 / 10');
  });

  it('answers who asks again with the same key as before, whatever the sale does', async () => {
    const sale = await site.sale({ skus: [10] });
    const { id } = (await site.held(sale, 'ann', 1, { key: 'mine' })).body;
    await site.operator().command(sale.id, 'close');
    const asked = { customerId: 'ann', lines: [line(sale, 0, 1)] };
    expect(must(200, await shop.reserve(sale.id, asked, { key: 'mine', wait: 5 })).body).toMatchObject({
      id,
      status: 'held',
    });
  });
});
