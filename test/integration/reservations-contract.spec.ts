import { Site } from '../e2e/site.js';
import { buyerToken, type Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
let sale: TestSale;
let sku: string;
beforeAll(async () => {
  site = await Site.all();
  shop = site.shop();
  sale = await site.sale({ skus: [1000, ['A-1', 'A-2', 'A-3']] });
  sku = sale.skus[0] ?? '';
});
afterAll(() => site.close());

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('POST /v1/sales/{id}/reservations', () => {
  it('without Prefer answers 202 at once, and says where to ask', async () => {
    const { status, headers, body } = await shop.reserve(sale.id, {
      customerId: 'ann',
      lines: [{ skuId: sku, quantity: 2 }],
    });
    expect(status).toBe(202);
    expect(headers).toMatchObject({
      location: `/v1/reservations/${body.id}`,
      'retry-after': '1',
      'preference-applied': 'respond-async',
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(body).toMatchObject({ saleId: sale.id, customerId: 'ann', status: 'queued', version: 1, total: 0 });
    expect(body.lines).toEqual([{ skuId: sku, quantity: 2, units: [], unitPrice: 4500 }]);
    expect([body.heldAt, body.expiresAt, body.orderId, body.problem]).toEqual([null, null, null, null]);
    const read = await shop.read(body.id, { prefer: 'wait=10' });
    expect(read.body).toMatchObject({ id: body.id, status: 'held', version: 2 });
  });

  it('with Prefer: wait answers 201 with the hold', async () => {
    const metadata = { cart: '9911', nested: { a: [1, null, 'ü'] } };
    const asked = { customerId: 'c_42', lines: [{ skuId: sku, quantity: 3 }], metadata };
    const { status, headers, body } = await shop.reserve(sale.id, asked, { key: 'k1', wait: 10 });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ location: `/v1/reservations/${body.id}`, 'idempotency-key': 'k1', etag: '"2"' });
    expect(headers).not.toHaveProperty('retry-after');
    expect(headers).not.toHaveProperty('preference-applied');
    expect(body).toEqual({
      id: expect.stringMatching(/^rsv_[\w-]{42}$/),
      ...{ saleId: sale.id, customerId: 'c_42', status: 'held', currency: 'EUR', total: 13_500 },
      lines: [{ skuId: sku, quantity: 3, units: expect.any(Array), unitPrice: 4500 }],
      ...{
        queuedAt: expect.stringMatching(ISO),
        heldAt: expect.stringMatching(ISO),
        expiresAt: expect.stringMatching(ISO),
      },
      ...{ checkoutExpiresAt: null, extensionsLeft: 1, orderId: null, problem: null, metadata, version: 2 },
    });
    expect(new Set(body.lines[0]!.units).size).toBe(3);
    expect(Date.parse(body.expiresAt!) - Date.parse(body.heldAt!)).toBe(600_000);
    expect((await shop.read(body.id)).body).toEqual(body);
  });

  it('holds named units, several lines of one SKU, and what partial mode can get', async () => {
    const [, seats] = sale.skus;
    const named = await shop.reserve(
      sale.id,
      {
        customerId: 'dan',
        lines: [
          { skuId: seats!, units: ['A-3', 'A-1'] },
          { skuId: sku, quantity: 1 },
          { skuId: sku, quantity: 2 },
        ],
      },
      { wait: 10 },
    );
    expect(must(201, named).body.lines.map(({ quantity, units }) => [quantity, units.length])).toEqual([
      [2, 2],
      [1, 1],
      [2, 2],
    ]);
    expect([...named.body.lines[0]!.units].sort()).toEqual(['A-1', 'A-3']);
    const partial = await shop.reserve(
      sale.id,
      {
        customerId: 'eve',
        mode: 'partial',
        lines: [
          { skuId: seats!, quantity: 2 },
          { skuId: seats!, units: ['A-1'] },
        ],
      },
      { wait: 10 },
    );
    expect(must(201, partial).body.lines).toEqual([
      { skuId: seats, quantity: 1, requested: 2, units: ['A-2'], unitPrice: 4500 },
      { skuId: seats, quantity: 0, requested: 1, units: [], unitPrice: 4500 },
    ]);
    expect(partial.body.total).toBe(4500);
  });

  it.each([
    ['a wait that is no number', 'wait=soon', 202],
    ['a wait of zero', 'wait=0', 202],
    ['another preference beside it', 'respond-async, wait=10', 201],
    ['a wait longer than the longest', 'wait=99999', 201],
  ])('takes %s', async (_what, prefer, status) => {
    const body = { customerId: 'fay', lines: [{ skuId: sku, quantity: 1 }] };
    const path = `/v1/sales/${sale.id}/reservations`;
    expect(await shop.send({ method: 'POST', path, headers: { prefer }, body })).toMatchObject({ status });
  });
});

describe('a body that is not valid', () => {
  const line = (): Record<string, unknown> => ({ skuId: sku, quantity: 1 });
  it.each<[string, string, () => unknown]>([
    ['no lines', '/lines', () => ({ customerId: 'ann' })],
    ['an empty list of lines', '/lines', () => ({ customerId: 'ann', lines: [] })],
    ['21 lines', '/lines', () => ({ customerId: 'ann', lines: Array.from({ length: 21 }, line) })],
    ['quantity and units', '/lines/0', () => ({ customerId: 'ann', lines: [{ ...line(), units: ['1'] }] })],
    ['neither of them', '/lines/0/quantity', () => ({ customerId: 'ann', lines: [{ skuId: sku }] })],
    ['a quantity of 0', '/lines/0/quantity', () => ({ customerId: 'ann', lines: [{ skuId: sku, quantity: 0 }] })],
    ['a quantity of 101', '/lines/0/quantity', () => ({ customerId: 'ann', lines: [{ skuId: sku, quantity: 101 }] })],
    ['half a unit', '/lines/1/quantity', () => ({ customerId: 'ann', lines: [line(), { skuId: sku, quantity: 1.5 }] })],
    ['a quantity in words', '/lines/0/quantity', () => ({ customerId: 'ann', lines: [{ skuId: sku, quantity: '2' }] })],
    ['a unit named twice', '/lines/0/units', () => ({ customerId: 'ann', lines: [{ skuId: sku, units: ['1', '1'] }] })],
    [
      'a unit named on two lines',
      '/lines/1/units/1',
      () => ({
        customerId: 'ann',
        lines: [
          { skuId: sku, units: ['1'] },
          { skuId: sku, units: ['2', '1'] },
        ],
      }),
    ],
    ['a mode of its own', '/mode', () => ({ customerId: 'ann', mode: 'most', lines: [line()] })],
    ['metadata that is a list', '/metadata', () => ({ customerId: 'ann', metadata: [1], lines: [line()] })],
    [
      'metadata of 3 KiB',
      '/metadata',
      () => ({ customerId: 'ann', metadata: { a: 'x'.repeat(3072) }, lines: [line()] }),
    ],
    ['a member nobody knows', '/colour', () => ({ customerId: 'ann', colour: 'red', lines: [line()] })],
    [
      'a member nobody knows in a line',
      '/lines/0/seat',
      () => ({ customerId: 'ann', lines: [{ ...line(), seat: 1 }] }),
    ],
    ['no customer', '/customerId', () => ({ lines: [line()] })],
    ['an empty customer', '/customerId', () => ({ customerId: '', lines: [line()] })],
    ['a customer of 129 characters', '/customerId', () => ({ customerId: 'x'.repeat(129), lines: [line()] })],
    ['a customer with a line break', '/customerId', () => ({ customerId: 'a\nb', lines: [line()] })],
  ])('with %s is a 422 that points at %s', async (_what, pointer, body) => {
    const answer = await shop.send({ method: 'POST', path: `/v1/sales/${sale.id}/reservations`, body: body() });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-request' } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
  });

  it('names the SKU and the unit that are not of this sale', async () => {
    const stranger = await shop.reserve(sale.id, {
      customerId: 'ann',
      lines: [{ skuId: 'sku_nosuchsku000', quantity: 1 }],
    });
    expect(stranger).toMatchObject({
      status: 422,
      body: { code: 'sku-not-found', errors: [{ pointer: '/lines/0/skuId' }] },
    });
    const lines = [{ skuId: sale.skus[1]!, units: ['A-1', 'Z-9'] }];
    const unknown = await shop.reserve(sale.id, { customerId: 'ann', lines });
    expect(unknown).toMatchObject({
      status: 422,
      body: { code: 'unit-unknown', errors: [{ pointer: '/lines/0/units/1' }] },
    });
    for (const label of ['0', '1001', '-1', '1e1', '01', ' 1']) {
      const odd = await shop.reserve(sale.id, { customerId: 'ann', lines: [{ skuId: sku, units: [label] }] });
      expect({ label, code: odd.body.code }).toEqual({ label, code: 'unit-unknown' });
    }
  });

  it('of more than 16 KiB is a 413, and an impossible key a 422', async () => {
    const large = { customerId: 'ann', lines: [line()], metadata: { a: 'x'.repeat(17_000) } };
    const path = `/v1/sales/${sale.id}/reservations`;
    expect(await shop.send({ method: 'POST', path, body: large })).toMatchObject({
      status: 413,
      body: { code: 'body-too-large' },
    });
    const long = await shop.reserve(
      sale.id,
      { customerId: 'ann', lines: [{ skuId: sku, quantity: 1 }] },
      { key: 'k'.repeat(256) },
    );
    expect(long).toMatchObject({
      status: 422,
      body: { code: 'invalid-request', errors: [{ pointer: 'Idempotency-Key' }] },
    });
  });

  it('for a sale that is not there is a 404', async () => {
    const lines = [{ skuId: sku, quantity: 1 }];
    for (const id of ['sale_0000000000', 'sale_', 'nonsense'])
      expect(await shop.reserve(id, { customerId: 'ann', lines })).toMatchObject({
        status: 404,
        body: { code: 'sale-not-found' },
      });
  });

  it('is told what is wrong with the request itself before whether the sale is there', async () => {
    const lines = [{ skuId: sku, units: ['1'] }];
    for (const [body, how, pointer] of [
      [{ customerId: 'ann', lines }, { key: 'k'.repeat(256) }, 'Idempotency-Key'],
      [{ lines }, {}, '/customerId'],
      [{ customerId: 'ann', lines: [...lines, ...lines] }, {}, '/lines/1/units/0'],
      [{ customerId: 'ann', lines, metadata: { cart: '\0' } }, {}, '/metadata'],
    ] as const)
      expect(await shop.reserve('sale_0000000000', { ...body, lines: [...body.lines] }, how)).toMatchObject({
        status: 422,
        body: { code: 'invalid-request', errors: [{ pointer }] },
      });
  });
});

describe('a buyer', () => {
  it('may be called whatever a service may call a customer', async () => {
    const customerId = 'Zoë 😀';
    const lines = [{ skuId: sku, quantity: 1 }];
    const { id } = must(201, await shop.reserve(sale.id, { customerId, lines }, { wait: 10 })).body;
    const zoe = await site.buyer(customerId);
    expect(must(200, await zoe.read(id)).body).toMatchObject({ customerId });
    // A name that no body may carry could never be found again: not exported, not erased.
    expect((await (await site.buyer(' ann ')).list(sale.id, '')).status).toBe(401);
  });

  it('is the customer, named or not, and nobody else', async () => {
    const ann = await site.buyer('ann');
    const lines = [{ skuId: sku, quantity: 1 }];
    expect(must(201, await ann.reserve(sale.id, { lines }, { wait: 10 })).body.customerId).toBe('ann');
    must(201, await ann.reserve(sale.id, { customerId: 'ann', lines }, { wait: 10 }));
    expect(await ann.reserve(sale.id, { customerId: 'bob', lines })).toMatchObject({
      ...{ status: 422, body: { code: 'invalid-request', errors: [{ pointer: '/customerId' }] } },
    });
  });

  it('finds another buyer’s reservation no more than one that never was', async () => {
    const { body } = await site.held(sale, 'ann');
    const bob = await site.buyer('bob');
    const invented = `rsv_${sale.key}${'A'.repeat(32)}`;
    const answers = await Promise.all(
      [body.id, invented].flatMap((id) => [bob.read(id), bob.extend(id), bob.checkout(id), bob.end(id)]),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'reservation-not-found', detail: answers[0]!.body.detail },
      });
    expect((await shop.read(body.id)).body.status).toBe('held');
  });

  it('without a token, or with a wrong one, is a 401; with a token that is not a buyer’s to use, a 403', async () => {
    const asked = {
      method: 'POST',
      path: `/v1/sales/${sale.id}/reservations`,
      body: { lines: [{ skuId: sku, quantity: 1 }] },
    };
    const token = await buyerToken('ann');
    const cut = `${token.slice(0, -6)}AAAAAA`;
    for (const authorization of ['Bearer nonsense', `Bearer ${cut}`, 'Basic YTpi', ''])
      expect(await shop.send({ ...asked, headers: { authorization } })).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      });
    const { body } = await site.held(sale, 'ann');
    const ann = await site.buyer('ann');
    expect(await ann.confirm(body.id, 'pay_1')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await shop.read(body.id)).body.status).toBe('held');
  });
});
