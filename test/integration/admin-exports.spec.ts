import { parse } from 'csv-parse/sync';
import { ExportHolds } from '../../src/admin/export-holds.js';
import type { CsvRow } from '../../src/admin/csv-text.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';

let site: Site;
let admin: AdminCalls;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  admin = new AdminCalls(site);
});
afterAll(() => site.close());

type Rows = Record<string, string>[];

async function rows(path: string, query: Record<string, string | number>): Promise<Rows> {
  const { status, text } = await admin.csv(path, query);
  expect(status).toBe(200);
  return parse(text, { columns: true, record_delimiter: '\r\n' });
}

const customers = (found: readonly CsvRow[]): unknown[] => found.map(({ customerId }) => customerId);

describe('GET /v1/admin/exports/holds.csv', () => {
  let sale: TestSale;
  beforeEach(async () => {
    sale = await site.sale({ skus: [2_000, ['Säule; 1', '@2']] });
  });

  it('is a file of one row for each line, the oldest hold first', async () => {
    const [ga = '', seats = ''] = sale.skus;
    const lines = [
      { skuId: ga, quantity: 2 },
      { skuId: seats, units: ['@2'] },
    ];
    const { body: first } = must(
      201,
      await site.shop().reserve(sale.id, { customerId: '=ann,"', lines }, { wait: 10 }),
    );
    await site.clock.advance(1_000);
    const { body: paying } = await site.held(sale, 'bob');
    const { body: pinned } = must(200, await site.shop().checkout(paying.id));
    const { headers, text } = await admin.csv('/exports/holds.csv', { saleId: sale.id });
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="holds-sale-[a-z0-9]+\.csv"$/);
    expect(text.split('\r\n')[0]).toBe(
      'id,saleId,customerId,status,skuId,sku,quantity,units,unitPrice,lineTotal,currency,heldAt,expiresAt,checkoutExpiresAt,endsAt,extensions,forLatePayment',
    );
    const ofFirst = {
      ...{ id: first.id, saleId: sale.id, customerId: `'=ann,"`, status: 'held', currency: 'EUR', unitPrice: '4500' },
      ...{ heldAt: first.heldAt, expiresAt: first.expiresAt, checkoutExpiresAt: '', endsAt: first.expiresAt },
      ...{ extensions: '0', forLatePayment: 'false' },
    };
    expect(parse(text, { columns: true, record_delimiter: '\r\n' })).toEqual([
      { ...ofFirst, skuId: ga, sku: 'SKU 1', quantity: '2', units: '1; 2', lineTotal: '9000' },
      { ...ofFirst, skuId: seats, sku: 'SKU 2', quantity: '1', units: "'@2", lineTotal: '4500' },
      expect.objectContaining({ id: paying.id, status: 'checkout', endsAt: pinned.checkoutExpiresAt }),
    ]);
  });

  it('has the filters of the list', async () => {
    const { body: ann } = await site.held(sale, 'ann');
    await site.clock.advance(100_000);
    const { body: bob } = await site.held(sale, 'bob');
    must(200, await site.shop().checkout(bob.id));
    const found: [Record<string, string | number>, string[]][] = [
      [{}, ['ann', 'bob']],
      [{ status: 'held' }, ['ann']],
      [{ status: 'checkout', skuId: sale.skus[0] ?? '' }, ['bob']],
      [{ skuId: sale.skus[1] ?? '' }, []],
      [{ customerId: 'bob' }, ['bob']],
      [{ reservationId: ann.id }, ['ann']],
      [{ unit: ann.lines[0]?.units[0] ?? '' }, ['ann']],
      [{ olderThan: 99 }, ['ann']],
      [{ expiringWithin: 500 }, ['ann']],
    ];
    for (const [query, wanted] of found)
      expect([query, customers(await rows('/exports/holds.csv', { saleId: sale.id, ...query }))]).toEqual([
        query,
        wanted,
      ]);
  });

  it('has each hold that lasted once, whatever ends, is prolonged and begins while it is read', async () => {
    const shop = site.shop();
    const held: string[] = [];
    for (let from = 0; from < 1_100; from += 100)
      held.push(
        ...(await Promise.all(Array.from({ length: 100 }, (_, i) => site.held(sale, `c_${from + i}`)))).map(
          ({ body }) => body.id,
        ),
      );
    const seen: string[] = [];
    const gone: string[] = [];
    const pages = await site.app.get(ExportHolds).pages({ saleId: sale.id });
    for await (const page of pages) {
      seen.push(...page.map(({ id }) => String(id)));
      // One that was seen and one that was not end; all the others are prolonged; and a new one comes.
      const after = held.find((id) => !seen.includes(id) && !gone.includes(id));
      for (const id of [seen.find((each) => !gone.includes(each)), after]) {
        if (id === undefined) continue;
        gone.push(id);
        must(200, await shop.end(id));
      }
      for (const id of [held.at(-1), seen.at(-1)])
        await admin.post(`/holds/${id}/extend`, { seconds: 60, reason: 'a test' });
      await site.clock.advance(10);
      await site.held(sale, 'late');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(held.filter((id) => !gone.includes(id) && !seen.includes(id))).toEqual([]);
    expect(seen.filter((id) => !held.includes(id))).toEqual([]);
    expect(gone.length).toBeGreaterThan(4);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['a sale that is none', { saleId: 'sale_0000000000' }, 404, 'sale-not-found'],
    ['a SKU that is none', { skuId: 'sku_none' }, 404, 'sku-not-found'],
    ['a unit that the sale has not', { unit: 'Z-9' }, 422, 'unit-unknown'],
    ['a member of the list alone', { limit: '5' }, 422, 'invalid-request'],
  ])('with %s is a problem, and no file', async (_what, query, status, code) => {
    const answer = await admin.csv('/exports/holds.csv', { saleId: sale.id, ...query });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ code });
    expect(answer.headers['content-disposition']).toBeUndefined();
  });

  it('tells who asks for the head alone what it would be', async () => {
    const headers = { authorization: `Bearer hf_ak_an-operator-of-the-tests` };
    const answer = await site.app.inject({
      method: 'HEAD',
      url: `/v1/admin/exports/holds.csv?saleId=${sale.id}`,
      headers,
    });
    expect(answer).toMatchObject({ statusCode: 200, body: '' });
    expect(answer.headers['content-type']).toContain('text/csv');
  });
});

describe('GET /v1/admin/exports/orders.csv', () => {
  it('is a file of one row for each line, the newest order first, with the filters of the list', async () => {
    const sale = await site.sale({ skus: [10, ['A-1', 'A-2']] });
    const [ga = '', seats = ''] = sale.skus;
    const shop = site.shop();
    const lines = [
      { skuId: ga, quantity: 2 },
      { skuId: seats, units: ['A-2'] },
    ];
    const { body: ann } = must(201, await shop.reserve(sale.id, { customerId: 'ann', lines }, { wait: 10 }));
    const { body: bought } = must(201, await shop.confirm(ann.id, '-pay=1'));
    await site.clock.advance(1_000);
    const { body: bob } = await site.held(sale, 'bob');
    const { body: other } = must(201, await shop.confirm(bob.id, 'pay_2'));
    const { body: cancelled } = must(200, await shop.cancel(other.id, true));
    const ofAnn = {
      ...{
        id: bought.id,
        reservationId: ann.id,
        saleId: sale.id,
        customerId: 'ann',
        status: 'confirmed',
        currency: 'EUR',
      },
      ...{
        unitPrice: '4500',
        paymentReference: "'-pay=1",
        confirmedAt: bought.confirmedAt,
        cancelledAt: '',
        restocked: '',
      },
    };
    expect(await rows('/exports/orders.csv', { saleId: sale.id })).toEqual([
      expect.objectContaining({
        id: other.id,
        status: 'cancelled',
        cancelledAt: cancelled.cancelledAt,
        restocked: 'true',
      }),
      { ...ofAnn, skuId: ga, sku: 'SKU 1', quantity: '2', units: '1; 2', lineTotal: '9000' },
      { ...ofAnn, skuId: seats, sku: 'SKU 2', quantity: '1', units: 'A-2', lineTotal: '4500' },
    ]);
    const found: [Record<string, string>, string[]][] = [
      [{ status: 'cancelled' }, ['bob']],
      [{ customerId: 'ann' }, ['ann', 'ann']],
      [{ paymentReference: 'pay_2' }, ['bob']],
      [{ reservationId: bob.id }, ['bob']],
      [{ unit: 'A-2' }, ['ann', 'ann']],
      [{ unit: 'A-1' }, []],
    ];
    for (const [query, wanted] of found)
      expect([query, customers(await rows('/exports/orders.csv', { saleId: sale.id, ...query }))]).toEqual([
        query,
        wanted,
      ]);
    const { headers } = await admin.csv('/exports/orders.csv');
    expect(headers['content-disposition']).toBe('attachment; filename="orders.csv"');
  });

  it('goes on page after page, each order once', async () => {
    const sale = await site.sale({ skus: [600] });
    const shop = site.shop();
    for (let from = 0; from < 520; from += 52)
      await Promise.all(
        Array.from({ length: 52 }, async (_, i) => {
          const { body } = await site.held(sale, `c_${from + i}`);
          must(201, await shop.confirm(body.id, `pay_${from + i}`));
        }),
      );
    const found = await rows('/exports/orders.csv', { saleId: sale.id });
    expect(new Set(customers(found)).size).toBe(520);
    expect(found).toHaveLength(520);
  });
});
