import 'reflect-metadata';
import type { AdminSaleList, AdminSaleView } from '../../src/sales/sale.view.js';
import { inSeconds, saleBody, SalesApp } from '../sales-app.js';

interface ProblemAnswer {
  code: string;
  reason?: string;
  errors?: { pointer: string; detail: string }[];
}

let sales: SalesApp;
beforeAll(async () => {
  sales = await SalesApp.start();
});
afterAll(() => sales.stop());

describe('creating a sale', () => {
  it('answers 201 with the sale, its ids, and what was left out', async () => {
    const answer = await sales.admin('POST', '', {
      ...{ name: 'Midnight Drop', slug: 'midnight-drop', currency: 'EUR', opensAt: null, closesAt: null },
      ...{ holdTtlSeconds: 600, checkoutTtlSeconds: 900, unitsPerCustomerMax: 4 },
      ...{ extensionsMax: 1, extensionStepSeconds: 300, latePayment: 'rehold' },
      skus: [
        { name: 'General admission', capacity: 1000, unitPrice: 4500, unitsPerCustomerMax: 4 },
        { name: 'Stalls', unitPrice: 9000, units: [{ label: 'A-12', section: 'Stalls', row: 'A', seat: 12 }] },
      ],
    });
    expect(answer.statusCode).toBe(201);
    const sale = answer.json<AdminSaleView>();
    expect(answer.headers.location).toBe(`/v1/admin/sales/${sale.id}`);
    expect(sale).toMatchObject({
      ...{ id: expect.stringMatching(/^sale_[a-z0-9]{10}$/), status: 'draft', revision: 1, currency: 'EUR' },
      ...{ queueTimeoutSeconds: 30, holdAgeSecondsMax: 900, latePayment: 'rehold', openedAt: null },
      skus: [
        { id: expect.stringMatching(/^sku_[a-z0-9]{12}$/), capacity: 1000, labelled: false, unitsPerCustomerMax: 4 },
        { name: 'Stalls', capacity: 1, labelled: true, unitPrice: 9000, unitsPerCustomerMax: null },
      ],
    });
    expect((await sales.admin('GET', `/${sale.id}`)).json()).toEqual(sale);
  });

  it('lands in the audit log, with who and why', async () => {
    const { id } = await sales.create('audited', { reason: 'Drop of November' });
    expect(await sales.auditOf(id)).toEqual([
      {
        ...{ actor: expect.stringMatching(/^admin:key_/), action: 'sale.create', reason: 'Drop of November' },
        ...{ before: null, after: expect.objectContaining({ slug: 'audited', holdTtlSeconds: 600 }) },
      },
    ]);
  });

  it('refuses a slug that is taken, and leaves nothing behind', async () => {
    await sales.create('taken');
    const before = await sales.postgres.query('SELECT count(*) FROM skus');
    const answer = await sales.admin('POST', '', saleBody('taken'));
    expect([answer.statusCode, answer.json<ProblemAnswer>().code]).toEqual([409, 'slug-taken']);
    expect(await sales.postgres.query('SELECT count(*) FROM skus')).toEqual(before);
  });

  it('makes one sale of twenty that arrive together with one slug', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => sales.admin('POST', '', saleBody('rush'))));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19);
  });

  it('takes a seat map of 10,000 labels', async () => {
    const units = Array.from({ length: 10_000 }, (_, at) => ({
      label: `R${Math.floor(at / 100)}-${at % 100}`,
      row: 'R',
    }));
    const sale = await sales.create('arena', { skus: [{ name: 'Seats', unitPrice: 1, units }] });
    expect(sale.skus[0]).toMatchObject({ capacity: 10_000, labelled: true });
  });

  it.each<[string, string, object]>([
    ['/name', 'an empty name', { name: '' }],
    ['/name', 'a name with a line break', { name: 'Mid\nnight' }],
    ['/slug', 'a slug with capitals', { slug: 'Midnight' }],
    ['/slug', 'a slug with two hyphens', { slug: 'mid--night' }],
    ['/currency', 'an unknown currency', { currency: 'EUX' }],
    ['/currency', 'a currency in small letters', { currency: 'eur' }],
    ['/holdTtlSeconds', 'a TTL below its range', { holdTtlSeconds: 4 }],
    ['/holdTtlSeconds', 'a TTL in quotes', { holdTtlSeconds: '600' }],
    ['/holdTtlSeconds', 'a TTL of null', { holdTtlSeconds: null }],
    ['/checkoutTtlSeconds', 'a payment window above its range', { checkoutTtlSeconds: 86_401 }],
    ['/queueTimeoutSeconds', 'a fraction', { queueTimeoutSeconds: 1.5 }],
    ['/unitsPerCustomerMax', 'a limit of 0', { unitsPerCustomerMax: 0 }],
    ['/extensionsMax', 'too many extensions', { extensionsMax: 11 }],
    ['/holdAgeSecondsMax', 'an age below the TTL', { holdTtlSeconds: 600, holdAgeSecondsMax: 599 }],
    ['/latePayment', 'an unknown policy', { latePayment: 'maybe' }],
    ['/opensAt', 'a time without a zone', { opensAt: '2030-01-01T00:00:00' }],
    ['/opensAt', 'a day that does not exist', { opensAt: '2030-02-30T00:00:00Z' }],
    ['/opensAt', 'an hour that RFC 3339 does not have', { opensAt: '2030-02-28T24:00:00Z' }],
    ['/opensAt', 'a year of five digits, in UTC', { opensAt: '9999-12-31T23:59:59-23:59' }],
    ['/closesAt', 'a closing before the opening', { opensAt: inSeconds(60), closesAt: inSeconds(30) }],
    ['/skus', 'no SKU', { skus: [] }],
    ['/skus', 'no list of SKUs', { skus: undefined }],
    ['/skus', 'too many SKUs', { skus: Array.from({ length: 101 }, () => ({ name: 'a', capacity: 1, unitPrice: 1 })) }],
    ['/skus', 'SKUs that are no list', { skus: {} }],
    ['/skus/0/unitPrice', 'a price above 2^31-1', { skus: [{ name: 'a', capacity: 1, unitPrice: 2_147_483_648 }] }],
    ['/skus/0/capacity', 'neither capacity nor units', { skus: [{ name: 'a', unitPrice: 1 }] }],
    ['/skus/0/capacity', 'both', { skus: [{ name: 'a', unitPrice: 1, capacity: 1, units: [{ label: 'A' }] }] }],
    [
      '/skus/0/units',
      'a label twice',
      { skus: [{ name: 'a', unitPrice: 1, units: [{ label: 'A' }, { label: 'A' }] }] },
    ],
    ['/skus/0/units', 'units of null', { skus: [{ name: 'a', unitPrice: 1, units: null }] }],
    ['/skus/0/units', 'no units', { skus: [{ name: 'a', unitPrice: 1, units: [] }] }],
    ['/skus/0/units/0/label', 'a blank label', { skus: [{ name: 'a', unitPrice: 1, units: [{ label: ' ' }] }] }],
    ['/colour', 'a member that does not exist', { colour: 'red' }],
  ])('refuses %s: %s', async (pointer, _what, different) => {
    const answer = await sales.admin('POST', '', saleBody('refused', different));
    expect(answer.statusCode).toBe(422);
    const { code, errors } = answer.json<ProblemAnswer>();
    expect([code, errors?.map((error) => error.pointer)]).toEqual(['invalid-request', [pointer]]);
  });

  it('refuses entries that are no objects', async () => {
    for (const skus of [[1], [null], [[]], [[[]]], ['a']]) {
      const answer = await sales.admin('POST', '', saleBody('refused', { skus }));
      expect([answer.statusCode, answer.json<ProblemAnswer>().errors?.map(({ pointer }) => pointer)]).toEqual([
        ...[422, ['/skus']],
      ]);
    }
    const units = await sales.admin(
      'POST',
      '',
      saleBody('refused', { skus: [{ name: 'a', unitPrice: 1, units: [[]] }] }),
    );
    expect(units.json<ProblemAnswer>().errors?.map(({ pointer }) => pointer)).toEqual(['/skus/0/units']);
  });

  it('is for admins', async () => {
    expect((await sales.call('anonymous', 'POST', '/admin/sales', saleBody('x'))).statusCode).toBe(401);
    expect((await sales.call('service', 'POST', '/admin/sales', saleBody('x'))).statusCode).toBe(403);
  });
});

describe('the list of sales', () => {
  it('is read page by page, the newest first, each sale once', async () => {
    for (const at of [1, 2, 3, 4, 5]) await sales.create(`paged-${at}`);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await sales.admin('GET', `?limit=2${cursor && `&cursor=${cursor}`}`);
      const page: AdminSaleList = answer.json<AdminSaleList>();
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ slug }) => slug));
      cursor = page.nextCursor;
    }
    expect(seen.slice(0, 5)).toEqual(['paged-5', 'paged-4', 'paged-3', 'paged-2', 'paged-1']);
    expect(new Set(seen).size).toBe(seen.length);
    const [row] = await sales.postgres.query<{ count: number }>('SELECT count(*) FROM sales');
    expect(seen).toHaveLength(row!.count);
  });

  it.each([
    ['limit=0', '?limit'],
    ['limit=101', '?limit'],
    ['limit=two', '?limit'],
    ['cursor=nonsense', '?cursor'],
    ['page=2', '?page'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await sales.admin('GET', `?${query}`);
    expect([answer.statusCode, answer.json<ProblemAnswer>().errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('changing a sale', () => {
  it('changes what is named, raises the revision, and says in the audit log what it was', async () => {
    const { id } = await sales.create('changed', { unitsPerCustomerMax: 4 });
    const answer = await sales.admin('PATCH', `/${id}`, {
      name: 'Noon Drop',
      unitsPerCustomerMax: null,
      reason: 'Sun',
    });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({ name: 'Noon Drop', unitsPerCustomerMax: null, holdTtlSeconds: 600, revision: 2 }),
    ]);
    expect((await sales.auditOf(id)).at(-1)).toEqual({
      ...{ actor: expect.stringMatching(/^admin:key_/), action: 'sale.change', reason: 'Sun' },
      before: { name: 'Midnight Drop', unitsPerCustomerMax: 4 },
      after: { name: 'Noon Drop', unitsPerCustomerMax: null },
    });
  });

  it('changes nothing, and says nothing, where it is so already', async () => {
    const { id } = await sales.create('unchanged');
    const answer = await sales.admin('PATCH', `/${id}`, { holdTtlSeconds: 600, reason: 'again' });
    expect([answer.statusCode, answer.json<AdminSaleView>().revision]).toEqual([200, 1]);
    expect(await sales.auditOf(id)).toHaveLength(1);
  });

  it('lets the maximum age follow the TTL until it is chosen', async () => {
    const { id } = await sales.create('ages');
    const ttl = await sales.admin('PATCH', `/${id}`, { holdTtlSeconds: 60, reason: 'shorter' });
    expect(ttl.json()).toMatchObject({ holdTtlSeconds: 60, holdAgeSecondsMax: 360 });
    await sales.admin('PATCH', `/${id}`, { holdAgeSecondsMax: 100, reason: 'chosen' });
    const more = await sales.admin('PATCH', `/${id}`, { extensionsMax: 5, reason: 'more' });
    expect(more.json()).toMatchObject({ extensionsMax: 5, holdAgeSecondsMax: 100 });
    const longer = await sales.admin('PATCH', `/${id}`, { holdTtlSeconds: 101, reason: 'longer' });
    expect(longer.json<ProblemAnswer>().errors?.[0]?.pointer).toBe('/holdAgeSecondsMax');
  });

  it.each<[string, object, string]>([
    ['no reason', { name: 'x' }, '/reason'],
    ['a currency', { currency: 'USD', reason: 'x' }, '/currency'],
    ['SKUs', { skus: [], reason: 'x' }, '/skus'],
    ['a closing before the opening it has', { closesAt: '2020-01-01T00:00:00Z', reason: 'x' }, '/closesAt'],
  ])('refuses %s', async (what, body, pointer) => {
    const { id } = await sales.create(`change-${what.replaceAll(' ', '-').toLowerCase()}`, {
      opensAt: inSeconds(3600),
    });
    const answer = await sales.admin('PATCH', `/${id}`, body);
    expect([answer.statusCode, answer.json<ProblemAnswer>().errors?.[0]?.pointer]).toEqual([422, pointer]);
  });

  it('leaves history alone: opensAt once it has opened, every time once it is closed', async () => {
    const { id } = await sales.create('history');
    await sales.command(id, 'open');
    const opens = { opensAt: inSeconds(60), reason: 'x' };
    const closes = { closesAt: inSeconds(60), reason: 'x' };
    expect((await sales.admin('PATCH', `/${id}`, opens)).json()).toMatchObject({
      status: 409,
      reason: 'already-opened',
    });
    expect((await sales.admin('PATCH', `/${id}`, closes)).statusCode).toBe(200);
    await sales.command(id, 'close');
    const later = { closesAt: inSeconds(90), reason: 'x' };
    expect((await sales.admin('PATCH', `/${id}`, later)).json()).toMatchObject({
      status: 409,
      reason: 'sale-is-closed',
    });
  });

  it('loses no change of ten that arrive together', async () => {
    const { id } = await sales.create('together');
    const ttls = Array.from({ length: 10 }, (_, at) => 10 + at);
    const answers = await Promise.all(
      ttls.map((holdTtlSeconds) => sales.admin('PATCH', `/${id}`, { holdTtlSeconds, reason: 'race' })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ttls.map(() => 200));
    expect((await sales.admin('GET', `/${id}`)).json()).toMatchObject({ revision: 11 });
    expect(await sales.auditOf(id)).toHaveLength(11);
  });

  it('knows no sale of another id', async () => {
    const answer = await sales.admin('PATCH', '/sale_0000000000', { reason: 'x' });
    expect([answer.statusCode, answer.json<ProblemAnswer>().code]).toEqual([404, 'sale-not-found']);
  });
});
