import type { HoldPage, HoldView } from '../../src/admin/hold.view.js';
import { Postgres } from '../../src/platform/postgres.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
});
beforeEach(async () => {
  sale = await site.sale({ skus: [40, ['A-1', 'A-2', 'A-3']], extensionsMax: 2, extensionStepSeconds: 60 });
});
afterAll(() => site.close());

function ask(query: Record<string, string | number>): Promise<Answer> {
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]));
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return site.client.send(site.url, { method: 'GET', path: `/v1/admin/holds?${asked.toString()}`, headers });
}

async function page(query: Record<string, string | number> = {}): Promise<HoldPage> {
  return must(200, await ask({ saleId: sale.id, ...query })).body as unknown as HoldPage;
}

const names = ({ items }: { items: HoldView[] }): string[] => items.map(({ customerId }) => customerId);

/** Every page of a list, as it is walked through by its cursors; `between` happens after each. */
async function walk(
  query: Record<string, string | number>,
  between?: (page: HoldPage) => Promise<void>,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const each: HoldPage = await page({ ...query, ...(cursor && { cursor }) });
    found.push(...names(each));
    cursor = each.nextCursor;
    await between?.(each);
  }
  return found;
}

describe('GET /v1/admin/holds', () => {
  it('shows what is held and what is being paid for, and nothing that is over', async () => {
    const { body: held } = await site.held(sale, 'ann', 2);
    await site.clock.advance(30_000);
    const { body: paying } = await site.held(sale, 'bob');
    must(200, await site.shop().checkout(paying.id));
    const { body: gone } = await site.held(sale, 'cal');
    must(200, await site.shop().end(gone.id));
    const { body: bought } = await site.held(sale, 'dee');
    must(201, await site.shop().confirm(bought.id, 'pay_1'));
    const { items, total, stale, nextCursor, asOf } = await page({ sort: 'customer' });
    expect(items).toMatchObject([
      {
        ...{ id: held.id, saleId: sale.id, customerId: 'ann', status: 'held', units: 2, total: 9_000, currency: 'EUR' },
        lines: [{ skuId: sale.skus[0], quantity: 2, units: held.lines[0]?.units, unitPrice: 4_500 }],
        ...{ heldAt: held.heldAt, expiresAt: held.expiresAt, endsAt: held.expiresAt, checkoutExpiresAt: null },
        ...{ ageSeconds: 30, extensions: 0, extensionsLeft: 2, forLatePayment: false, version: 2 },
      },
      { id: paying.id, customerId: 'bob', status: 'checkout', extensionsLeft: 0, ageSeconds: 0 },
    ]);
    expect(items[1]?.endsAt).toBe(items[1]?.checkoutExpiresAt);
    expect({ total, stale, nextCursor }).toEqual({ total: 2, stale: false, nextCursor: null });
    expect(new Date(asOf).getTime() - new Date(held.heldAt ?? '').getTime()).toBe(30_000);
  });

  it('finds by status, customer, SKU, unit, reservation, time left and age', async () => {
    const { body: ann } = await site.held(sale, 'ann');
    const seat = { skuId: sale.skus[1] ?? '', units: ['A-2'] };
    must(201, await site.shop().reserve(sale.id, { customerId: 'bob', lines: [seat] }, { wait: 10 }));
    await site.clock.advance(100_000);
    const { body: cal } = await site.held(sale, 'cal');
    must(200, await site.shop().checkout(cal.id));
    const found: [Record<string, string | number>, string[]][] = [
      [{}, ['ann', 'bob', 'cal']],
      [{ status: 'held' }, ['ann', 'bob']],
      [{ status: 'checkout' }, ['cal']],
      [{ customerId: 'bob' }, ['bob']],
      [{ skuId: sale.skus[0] ?? '' }, ['ann', 'cal']],
      [{ skuId: sale.skus[1] ?? '' }, ['bob']],
      [{ unit: 'A-2' }, ['bob']],
      [{ unit: 'A-1' }, []],
      [{ unit: ann.lines[0]?.units[0] ?? '' }, ['ann']],
      [{ reservationId: cal.id }, ['cal']],
      [{ expiringWithin: 499 }, []],
      [{ expiringWithin: 500 }, ['ann', 'bob']],
      [{ expiringWithin: 900 }, ['ann', 'bob', 'cal']],
      [{ olderThan: 99 }, ['ann', 'bob']],
      [{ olderThan: 100 }, []],
      [{ olderThan: 50, skuId: sale.skus[1] ?? '', customerId: 'ann' }, []],
    ];
    for (const [query, customers] of found) {
      const { items, total } = await page({ ...query, sort: 'customer' });
      expect([query, names({ items }), total]).toEqual([query, customers, customers.length]);
    }
    const bySku = await ask({ skuId: sale.skus[1] ?? '', unit: 'A-2' });
    expect(bySku.body.items.map(({ customerId }) => customerId)).toEqual(['bob']);
  });

  it('is sorted by the end of the hold, its age, or the customer, either way', async () => {
    for (const name of ['cal', 'ann', 'bob']) {
      const { body } = await site.held(sale, name);
      if (name === 'ann') must(200, await site.shop().checkout(body.id));
      await site.clock.advance(1_000);
    }
    const orders = { expiresAt: 'cal bob ann', heldAt: 'cal ann bob', customer: 'ann bob cal' };
    for (const [sort, order] of Object.entries(orders)) {
      expect([sort, (await walk({ sort, limit: 1 })).join(' ')]).toEqual([sort, order]);
      const back = order.split(' ').reverse().join(' ');
      expect([`-${sort}`, (await walk({ sort: `-${sort}`, limit: 2 })).join(' ')]).toEqual([`-${sort}`, back]);
    }
  });

  it('pages through holds that have the very same key, and neither hides nor repeats one while others come and go', async () => {
    const customers = Array.from({ length: 9 }, (_, i) => `c_${i}`);
    for (const name of customers) await site.held(sale, name);
    let turn = 0;
    const found = await walk({ limit: 2 }, async ({ items }) => {
      // One that was seen goes, one that nobody has seen comes, later than all.
      must(200, await site.shop().end(items[0]?.id ?? ''));
      await site.clock.advance(10);
      if (turn < 3) await site.held(sale, `new_${turn++}`);
    });
    expect(found.filter((name) => name.startsWith('c_')).sort()).toEqual(customers);
    expect(found.filter((name) => name.startsWith('new_'))).toEqual(['new_0', 'new_1', 'new_2']);
  });

  it('knows what Redis knows before Postgres does: an end, a later deadline', async () => {
    const postgres = site.app.get(Postgres);
    const [{ body: over }, { body: longer }] = [await site.held(sale, 'ann'), await site.held(sale, 'bob')];
    must(200, await site.shop().end(over.id));
    must(200, await site.shop().extend(longer.id));
    const extended = (await site.shop().read(longer.id)).body;
    // As if neither had reached Postgres yet.
    await postgres.query(`UPDATE reservations SET status = 'held', version = 2 WHERE id = $1`, [over.id]);
    await postgres.query(
      `UPDATE reservations SET version = 2, extensions = 0, expires_at = expires_at - interval '60 seconds' WHERE id = $1`,
      [longer.id],
    );
    const { items } = await page();
    expect(items).toMatchObject([
      { id: longer.id, expiresAt: extended.expiresAt, endsAt: extended.expiresAt, extensions: 1, extensionsLeft: 1 },
    ]);
    await postgres.query(`UPDATE reservations SET status = 'released', version = 3 WHERE id = $1`, [over.id]);
  });

  it.each<[string, Record<string, string>, number, string, string]>([
    ['a sale that is none', { saleId: 'sale_0000000000' }, 404, 'sale-not-found', ''],
    ['a SKU that is none', { skuId: 'sku_none' }, 404, 'sku-not-found', ''],
    ['a unit that the sale has not', { unit: 'Z-9' }, 422, 'unit-unknown', '?unit'],
    ['a number beyond the last', { unit: '41' }, 422, 'unit-unknown', '?unit'],
    ['a cursor of nobody', { cursor: 'nonsense' }, 422, 'invalid-request', '?cursor'],
    ['a status that no live hold has', { status: 'released' }, 422, 'invalid-request', '?status'],
    ['a sort that there is not', { sort: 'price' }, 422, 'invalid-request', '?sort'],
    ['a page that is too large', { limit: '501' }, 422, 'invalid-request', '?limit'],
    ['no number', { olderThan: 'x' }, 422, 'invalid-request', '?olderThan'],
    ['a filter that nobody knows', { color: 'red' }, 422, 'invalid-request', '?color'],
  ])('with %s is refused', async (_what, query, status, code, pointer) => {
    const answer = await ask({ saleId: sale.id, ...query });
    expect(answer).toMatchObject({ status, body: { code } });
    expect((answer.body.errors as { pointer: string }[] | undefined)?.[0]?.pointer ?? '').toBe(pointer);
  });

  it('takes a cursor for the sort that it was given for only, and a unit beside what it is a unit of', async () => {
    for (const name of ['ann', 'bob']) await site.held(sale, name);
    const { nextCursor } = await page({ limit: 1 });
    for (const sort of ['customer', 'heldAt', '-expiresAt'])
      expect((await ask({ saleId: sale.id, sort, cursor: nextCursor ?? '' })).body.errors).toMatchObject([
        { pointer: '?cursor' },
      ]);
    expect((await ask({ unit: 'A-1' })).body.errors).toMatchObject([{ pointer: '?unit' }]);
  });
});
