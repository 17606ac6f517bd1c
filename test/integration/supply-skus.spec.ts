import 'reflect-metadata';
import type { SkuStockView } from '../../src/supply/sku.view.js';
import { SalesApp } from '../sales-app.js';

let sales: SalesApp;
beforeAll(async () => {
  sales = await SalesApp.start();
});
afterAll(() => sales.stop());

const BALCONY = { name: 'Balcony', unitPrice: 3000, reason: 'a test' };

async function saleThatIs(status: 'draft' | 'open', slug: string): Promise<string> {
  const { id } = await sales.create(slug);
  if (status === 'open') await sales.command(id, 'open');
  return id;
}

async function add(saleId: string, body: object = {}): Promise<SkuStockView> {
  const answer = await sales.admin('POST', `/${saleId}/skus`, { ...BALCONY, ...body });
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  expect(answer.headers['location']).toBe(`/v1/admin/skus/${answer.json<SkuStockView>().id}`);
  return answer.json<SkuStockView>();
}

const sku = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', id: string, path = '', body?: object | string) =>
  sales.call('admin', method, `/admin/skus/${id}${path}`, body);

const csvOf = (count: number, from = 1): string =>
  `label,section,row,seat\n${Array.from({ length: count }, (_, i) => `S-${i + from},Hall,R${i % 100},${i}`).join('\n')}`;

const importInto = (id: string, list: object | string) => sku('POST', id, '/units?reason=the%20hall', list);

describe.each(['draft', 'open'] as const)('a sale that is %s', (status) => {
  it('gets another SKU, which is there for everybody at once', async () => {
    const saleId = await saleThatIs(status, `adds-${status}`);
    const added = await add(saleId, { capacity: 7 });
    expect(added).toMatchObject({ saleId, name: 'Balcony', capacity: 7, available: 7, labelled: false, stale: false });
    const list = await sales.admin('GET', `/${saleId}/skus`);
    expect(list.json<{ items: SkuStockView[] }>().items.map(({ name, available }) => [name, available])).toEqual([
      ['General admission', 5],
      ['Balcony', 7],
    ]);
    expect((await sales.auditOf(added.id)).map(({ action, after }) => [action, after])).toMatchObject([
      ['sku.create', { saleId, name: 'Balcony', numbered: 7, labelled: false }],
    ]);
    if (status === 'draft') return;
    const { skus } = (await sales.call('service', 'GET', `/sales/${saleId}/availability`)).json<{ skus: object[] }>();
    expect(skus).toMatchObject([{ available: 5 }, { skuId: added.id, available: 7, capacity: 7 }]);
  });

  it('changes name, price and limit of one, and says what was', async () => {
    const saleId = await saleThatIs(status, `changes-${status}`);
    const { id } = await add(saleId, { capacity: 7 });
    const changed = await sku('PATCH', id, '', { unitPrice: 2500, unitsPerCustomerMax: 2, reason: 'cheaper' });
    expect(changed.json()).toMatchObject({ id, name: 'Balcony', unitPrice: 2500, unitsPerCustomerMax: 2, capacity: 7 });
    await sku('PATCH', id, '', { unitPrice: 2500, reason: 'again' });
    const [, ...changes] = await sales.auditOf(id);
    const before = { unitPrice: 3000, unitsPerCustomerMax: null };
    expect(changes).toMatchObject([
      { action: 'sku.change', before, after: { unitPrice: 2500, unitsPerCustomerMax: 2 } },
    ]);
    expect((await sku('PATCH', id, '', { capacity: 9, reason: 'x' })).statusCode).toBe(422);
  });

  it('gives one up that nobody had a unit of, but never the last', async () => {
    const saleId = await saleThatIs(status, `removes-${status}`);
    const { id } = await add(saleId, { units: [{ label: 'B-1' }, { label: 'B-2' }] });
    await sku('POST', id, '/block', { units: ['B-2'], reason: 'a test' });
    expect((await sku('DELETE', id)).json()).toMatchObject({ errors: [{ pointer: '?reason' }] });
    expect((await sku('DELETE', id, '?reason=never%20mind')).statusCode).toBe(204);
    for (const gone of [await sku('GET', id), await sku('DELETE', id, '?reason=again')])
      expect(gone.json()).toMatchObject({ status: 404, code: 'sku-not-found' });
    const left = (await sales.admin('GET', `/${saleId}`)).json<{ skus: { id: string }[] }>().skus;
    expect(left).toHaveLength(1);
    expect((await sku('DELETE', left[0]?.id ?? '', '?reason=all')).json()).toMatchObject({ reason: 'last-sku' });
    if (status === 'draft') return;
    const { skus } = (await sales.call('service', 'GET', `/sales/${saleId}/availability`)).json<{ skus: object[] }>();
    expect(skus).toHaveLength(1);
    expect((await add(saleId)).id).not.toBe(id);
  });

  it('takes 10,000 seats in one go, and more after them', async () => {
    const saleId = await saleThatIs(status, `imports-${status}`);
    const { id } = await add(saleId);
    const imported = await importInto(id, csvOf(10_000));
    expect(imported.json()).toMatchObject({ capacity: 10_000, available: 10_000, labelled: true });
    expect(imported.statusCode).toBe(201);
    expect((await importInto(id, [{ label: 'Box' }])).json()).toMatchObject({ capacity: 10_001, available: 10_001 });
    const blocked = await sku('POST', id, '/block', { units: ['Box', 'S-10000'], reason: 'a test' });
    expect(blocked.json()).toMatchObject({ available: 9_999, blocked: 2 });
    expect((await sales.auditOf(id)).map(({ action, after }) => [action, after])).toMatchObject([
      ...[
        ['sku.create', {}],
        ['sku.import', { imported: 10_000, capacity: 10_000 }],
        ['sku.import', { imported: 1 }],
        ['sku.block', {}],
      ],
    ]);
  });

  it('takes all of a list or none, and names the rows that are wrong', async () => {
    const saleId = await saleThatIs(status, `refuses-${status}`);
    const { id } = await add(saleId);
    await importInto(id, csvOf(3));
    const twice = await importInto(id, csvOf(3, 3));
    expect(twice.json()).toMatchObject({
      ...{ status: 422, code: 'invalid-request', errorsTotal: 1 },
      errors: [{ pointer: 'line 2, label', detail: '"S-3" is a unit of this SKU already' }],
    });
    expect((await importInto(id, [{ label: 'S-9' }, { label: 'S-1' }])).json()).toMatchObject({
      errors: [{ pointer: '/1/label' }],
    });
    expect((await sku('GET', id)).json()).toMatchObject({ capacity: 3 });
    const numbers = await add(saleId, { name: 'Numbers', capacity: 2 });
    expect((await importInto(numbers.id, csvOf(1))).json()).toMatchObject({
      status: 409,
      reason: 'units-are-numbered',
    });
    expect((await sku('POST', id, '/units', csvOf(1, 9))).json()).toMatchObject({ errors: [{ pointer: '?reason' }] });
  });
});

describe('a body of CSV', () => {
  it('is taken by the import alone, and up to 2 MiB', async () => {
    const saleId = await saleThatIs('draft', 'csv');
    const { id } = await add(saleId);
    expect((await sku('POST', id, '/capacity', 'capacity\n3')).json()).toMatchObject({
      code: 'unsupported-media-type',
    });
    expect((await importInto(id, `label\n${'x'.repeat(2 * 1024 * 1024)}`)).json()).toMatchObject({
      code: 'body-too-large',
    });
    expect((await importInto(id, '')).statusCode).toBe(422);
  });

  it('of another encoding than UTF-8 is refused as a whole, not read with its letters replaced', async () => {
    const saleId = await saleThatIs('draft', 'latin');
    const { id } = await add(saleId);
    const answer = await sales.import(id, Buffer.from('label\nStra\xdfe 1\n', 'latin1'));
    expect(answer.json()).toMatchObject({ status: 400, code: 'malformed-request' });
    expect((await sku('GET', id)).json()).toMatchObject({ capacity: 0 });
  });
});

describe('a SKU', () => {
  it('is not added to a sale that is closed, or is none', async () => {
    const saleId = await saleThatIs('open', 'closed');
    await sales.command(saleId, 'close');
    expect((await sales.admin('POST', `/${saleId}/skus`, BALCONY)).json()).toMatchObject({ reason: 'sale-is-closed' });
    for (const id of ['sale_0000000000', 'nonsense', '%00']) {
      expect((await sales.admin('POST', `/${id}/skus`, BALCONY)).json()).toMatchObject({ code: 'sale-not-found' });
      expect((await sales.admin('GET', `/${id}/skus`)).json()).toMatchObject({ code: 'sale-not-found' });
    }
  });
});
