import { eventually } from '../e2e/eventually.js';
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
  sale = await site.sale({ skus: [3], holdTtlSeconds: 60, checkoutTtlSeconds: 120, latePayment: 'refuse' });
});
afterAll(() => site.close());

const at = (time: string | null): number => Date.parse(time ?? '');
const becomes = (id: string, status: string): Promise<unknown> =>
  eventually(`${id} is ${status}`, async () => (await shop.read(id)).body.status === status);

describe('the payment window', () => {
  it('outlives the hold’s deadline, and ends at its own', async () => {
    const held = (await site.held(sale, 'ann')).body;
    await site.clock.advance(59_000);
    const pinned = must(200, await shop.checkout(held.id)).body;
    expect(at(pinned.checkoutExpiresAt) - site.clock.now).toBe(120_000);
    await site.clock.set(at(held.expiresAt) + 30_000);
    const other = (await site.held(sale, 'bob', 2)).body;
    expect(other.lines[0]!.units).not.toContain(held.lines[0]!.units[0]);
    expect(await site.counts(sale)).toEqual(['0 2 1 0 / 3']);
    await site.clock.set(at(pinned.checkoutExpiresAt) - 1);
    expect((await shop.read(held.id)).body.status).toBe('checkout');
    await site.clock.advance(1);
    await becomes(held.id, 'expired');
    await site.untilCounts(sale, '3 0 0 0 / 3');
    expect(await shop.end(held.id)).toMatchObject({ status: 409, body: { code: 'reservation-not-held' } });
    expect(await shop.checkout(held.id)).toMatchObject({ status: 409, body: { reservationStatus: 'expired' } });
  });

  it('wakes who waits when it is over', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await shop.checkout(id));
    const waiting = shop.read(id, { prefer: 'wait=20', 'if-none-match': '"3"' });
    await site.clock.advance(120_000);
    expect(must(200, await waiting).body).toMatchObject({ status: 'expired', version: 4 });
  });
});

describe('a payment after the window', () => {
  it('is refused with its reason, the same to every repeat, and the units stay free', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await shop.checkout(id));
    await site.clock.advance(120_000);
    await becomes(id, 'expired');
    const late = { status: 409, body: { code: 'payment-late-rejected', reason: 'expired' } };
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.confirm(id, 'pay_1')));
    for (const answer of answers) expect(answer).toMatchObject(late);
    await site.untilCounts(sale, '3 0 0 0 / 3');
    expect((await shop.orders(`?saleId=${sale.id}`)).body.items).toEqual([]);
  });

  it('of a hold that was never pinned is refused likewise', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    await site.clock.advance(60_000);
    expect(await shop.confirm(id, 'pay_1')).toMatchObject({
      ...{ status: 409, body: { code: 'payment-late-rejected', reason: 'expired' } },
    });
  });

  it('of an order made in time is still the order', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const { body } = must(201, await shop.confirm(id, 'pay_1'));
    await site.clock.advance(3_600_000);
    expect(must(200, await shop.confirm(id, 'pay_1')).body).toEqual(body);
    await site.untilCounts(sale, '2 0 0 1 / 3');
  });

  it('racing the end of the window wins or loses, never both', async () => {
    const many = await site.sale({ skus: [12], holdTtlSeconds: 60, checkoutTtlSeconds: 60, latePayment: 'refuse' });
    const ids = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { id } = (await site.held(many, `customer ${i}`)).body;
        must(200, await shop.checkout(id));
        return id;
      }),
    );
    const [, ...answers] = await Promise.all([
      site.clock.advance(60_000),
      ...ids.map((id) => shop.confirm(id, `pay_${id}`)),
    ]);
    const sold = answers.filter(({ status }) => status === 201).length;
    await site.untilCounts(many, `${12 - sold} 0 0 ${sold} / 12`);
    for (const [i, { status }] of answers.entries())
      expect((await shop.read(ids[i]!)).body.status).toBe(status === 201 ? 'confirmed' : 'expired');
  });
});
