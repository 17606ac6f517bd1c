import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  shop = site.shop();
});
afterAll(() => site.close());

const at = (time: string | null): number => Date.parse(time ?? '');

describe('a deadline', () => {
  it('ends a hold at its very millisecond, for every reader and every step', async () => {
    const sale = await site.sale({ skus: [4], holdTtlSeconds: 60 });
    const held = await Promise.all(['ann', 'bob', 'cid', 'dan'].map((name) => site.held(sale, name)));
    const [kept = '', pinned = '', extended = '', lost = ''] = held.map(({ body }) => body.id);
    await site.clock.set(at(held[0]!.body.expiresAt) - 1);
    expect((await shop.read(kept)).body.status).toBe('held');
    must(200, await shop.checkout(pinned));
    must(200, await shop.extend(extended));
    await site.clock.advance(1);
    expect((await shop.read(kept)).body).toMatchObject({ status: 'expired', version: 3 });
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'expired' } };
    expect(await shop.checkout(kept)).toMatchObject(refused);
    expect(await shop.extend(kept)).toMatchObject(refused);
    expect(await shop.end(lost)).toMatchObject(refused);
    expect([(await shop.read(pinned)).body.status, (await shop.read(extended)).body.status]).toEqual([
      'checkout',
      'held',
    ]);
    await site.untilCounts(sale, '2 1 1 0 / 4');
  });

  it('puts the units back on sale, for a newcomer and for the customer’s own limit', async () => {
    const sale = await site.sale({ skus: [2], holdTtlSeconds: 60, unitsPerCustomerMax: 2 });
    const first = (await site.held(sale, 'ann', 2)).body;
    await site.clock.set(at(first.expiresAt));
    const second = (await site.held(sale, 'ann', 2)).body;
    expect(second.lines[0]!.units).toEqual(first.lines[0]!.units);
    const expired = await eventually('the journal says so too', async () => {
      const { body } = await shop.read(first.id);
      return body.status === 'expired' && body;
    });
    expect(expired.lines).toEqual(first.lines);
    expect((await shop.list(sale.id, '?customerId=ann&status=held')).body.items.map(({ id }) => id)).toEqual([
      second.id,
    ]);
  });

  it('stays passed: nothing brings an expired hold back', async () => {
    const sale = await site.sale({ skus: [1], holdTtlSeconds: 60 });
    const { id, expiresAt } = (await site.held(sale, 'ann', 1, { key: 'k' })).body;
    await site.clock.set(at(expiresAt));
    await site.untilCounts(sale, '1 0 0 0 / 1');
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'expired' } };
    expect(await shop.checkout(id)).toMatchObject(refused);
    expect(await shop.end(id)).toMatchObject(refused);
    const asked = { customerId: 'ann', lines: [{ skuId: sale.skus[0]!, quantity: 1 }] };
    expect(must(200, await shop.reserve(sale.id, asked, { key: 'k', wait: 5 })).body).toMatchObject({
      id,
      status: 'expired',
    });
    expect(await site.counts(sale)).toEqual(['1 0 0 0 / 1']);
  });
});

describe('an extension', () => {
  it('moves the deadline by the sale’s step, a counted number of times', async () => {
    const sale = await site.sale({ skus: [1], holdTtlSeconds: 60, extensionsMax: 2, extensionStepSeconds: 30 });
    const { id, heldAt } = (await site.held(sale, 'ann')).body;
    const first = must(200, await shop.extend(id)).body;
    expect([at(first.expiresAt) - at(heldAt), first.extensionsLeft, first.version]).toEqual([90_000, 1, 3]);
    const second = must(200, await shop.extend(id)).body;
    expect([at(second.expiresAt) - at(heldAt), second.extensionsLeft, second.version]).toEqual([120_000, 0, 4]);
    expect(await shop.extend(id)).toMatchObject({
      status: 409,
      body: { code: 'extension-refused', reason: 'extensions-used' },
    });
    await site.clock.set(at(second.expiresAt) - 1);
    expect((await shop.read(id)).body.status).toBe('held');
    await site.clock.advance(1);
    await site.untilCounts(sale, '1 0 0 0 / 1');
  });

  it('never passes the greatest age of a hold', async () => {
    const spec = { holdTtlSeconds: 60, extensionsMax: 10, extensionStepSeconds: 50, holdAgeSecondsMax: 130 };
    const sale = await site.sale({ skus: [1], ...spec });
    const { id, heldAt } = (await site.held(sale, 'ann')).body;
    must(200, await shop.extend(id));
    const last = must(200, await shop.extend(id)).body;
    expect(at(last.expiresAt) - at(heldAt)).toBe(130_000);
    expect(await shop.extend(id)).toMatchObject({
      status: 409,
      body: { code: 'extension-refused', reason: 'age-reached' },
    });
    expect((await shop.read(id)).body).toEqual(last);
  });

  it('fifty times at once is granted as often as the sale allows', async () => {
    const sale = await site.sale({ skus: [1], holdTtlSeconds: 60, extensionsMax: 3, extensionStepSeconds: 10 });
    const { id, heldAt } = (await site.held(sale, 'ann')).body;
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.extend(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const { body } = await shop.read(id);
    expect([at(body.expiresAt) - at(heldAt), body.extensionsLeft]).toEqual([90_000, 0]);
  });
});

describe('a scheduled sale', () => {
  it('opens and closes at its times, to the millisecond', async () => {
    const opensAt = new Date(site.clock.now + 3_600_000);
    const closesAt = new Date(opensAt.getTime() + 60_000);
    const sale = await site.sale({ skus: [10], opensAt: opensAt.toISOString(), closesAt: closesAt.toISOString() });
    const lines = [{ skuId: sale.skus[0]!, quantity: 1 }];
    const ask = (key: string): ReturnType<typeof shop.reserve> =>
      shop.reserve(sale.id, { customerId: 'ann', lines }, { key, wait: 10 });
    await site.clock.set(opensAt.getTime() - 1);
    expect(await ask('early')).toMatchObject({
      status: 409,
      body: { code: 'sale-not-open', opensAt: opensAt.toISOString() },
    });
    await site.clock.advance(1);
    must(201, await ask('first'));
    await site.clock.set(closesAt.getTime() - 1);
    must(201, await ask('last'));
    await site.clock.advance(1);
    expect(await ask('late')).toMatchObject({
      status: 409,
      body: { code: 'sale-closed', closedAt: closesAt.toISOString() },
    });
    expect(await ask('early')).toMatchObject({ status: 409, body: { code: 'sale-not-open' } });
  });
});
