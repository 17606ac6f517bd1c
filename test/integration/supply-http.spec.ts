import 'reflect-metadata';
import type { SkuStockView } from '../../src/supply/sku.view.js';
import { SalesApp } from '../sales-app.js';

let sales: SalesApp;
beforeAll(async () => {
  sales = await SalesApp.start();
});
afterAll(() => sales.stop());

const STALLS = { name: 'Stalls', unitPrice: 9000, units: [{ label: 'A-1' }, { label: 'A-2' }, { label: 'A-3' }] };
const GENERAL = { name: 'General admission', unitPrice: 4500, capacity: 5 };

/** The ids of a general admission SKU and a labelled one, of a sale that is on. */
async function opened(slug: string, status: 'draft' | 'open' = 'open'): Promise<{ saleId: string; skus: string[] }> {
  const { id: saleId, skus } = await sales.create(slug, { skus: [GENERAL, STALLS] });
  if (status === 'open') await sales.command(saleId, 'open');
  return { saleId, skus: skus.map(({ id }) => id) };
}

async function post(
  skuId: string | undefined,
  command: string,
  body: object,
): Promise<{ status: number; body: unknown }> {
  const answer = await sales.call('admin', 'POST', `/admin/skus/${skuId}/${command}`, { reason: 'a test', ...body });
  return { status: answer.statusCode, body: answer.json() };
}

describe.each(['draft', 'open'] as const)('a SKU of a sale that is %s', (status) => {
  it('changes its capacity, and says what it is now', async () => {
    const { saleId, skus } = await opened(`capacity-${status}`, status);
    const [general] = skus;
    expect(await post(general, 'capacity', { capacity: 8 })).toMatchObject({
      status: 200,
      body: { id: general, saleId, capacity: 8, available: 8, held: 0, blocked: 0, capacityTarget: null, stale: false },
    });
    expect(await post(general, 'capacity', { capacity: 2 })).toMatchObject({ body: { capacity: 2, available: 2 } });
    expect(await post(general, 'capacity', { capacity: 2 })).toMatchObject({ body: { capacity: 2 } });
    expect(await post(general, 'capacity', { capacity: 1, mode: 'as_holds_end' })).toMatchObject({
      body: { capacity: 1 },
    });
    const audit = await sales.auditOf(general ?? '');
    expect(audit.map(({ action, reason, before, after }) => ({ action, reason, before, after }))).toMatchObject([
      { action: 'sku.capacity', reason: 'a test', before: { capacity: 5 }, after: { capacity: 8 } },
      { before: { capacity: 8 }, after: { capacity: 2 } },
      ...(status === 'draft'
        ? [{ before: { capacity: 2 }, after: { capacity: 1 } }]
        : [{}, { action: 'sku.withdraw' }]),
    ]);
  });

  it('blocks units by their names and puts them back', async () => {
    const { skus } = await opened(`block-${status}`, status);
    const [, stalls] = skus;
    expect(await post(stalls, 'block', { units: ['A-2', 'A-3'] })).toMatchObject({
      status: 200,
      body: { capacity: 3, available: 1, blocked: 2, withheld: 0 },
    });
    expect(await post(stalls, 'capacity', { capacity: 1 })).toMatchObject({
      status: 409,
      body: { code: 'capacity-below-committed', held: 0, sold: 0, blocked: 2 },
    });
    expect(await post(stalls, 'unblock', { units: ['A-3', 'A-1'] })).toMatchObject({
      body: { available: 2, blocked: 1 },
    });
    const read = await sales.call('admin', 'GET', `/admin/skus/${stalls}`);
    expect(read.json<SkuStockView>()).toMatchObject({ name: 'Stalls', labelled: true, available: 2, blocked: 1 });
  });
});

describe('a command on a SKU', () => {
  it('names what is wrong with it', async () => {
    const { skus } = await opened('wrong');
    const [general, stalls] = skus;
    const pointers = async (command: string, body: object): Promise<unknown> => {
      const answer = await post(general, command, body);
      const { errors = [] } = answer.body as { errors?: { pointer: string }[] };
      return [answer.status, ...errors.map(({ pointer }) => pointer)];
    };
    expect(await pointers('capacity', { capacity: -1, mode: 'later', reason: '' })).toEqual([
      ...[422, '/capacity', '/mode', '/reason'],
    ]);
    expect(await pointers('capacity', { capacity: 1_000_001 })).toEqual([422, '/capacity']);
    expect(await pointers('block', { units: [] })).toEqual([422, '/units']);
    expect(await pointers('block', { units: ['1', '1'] })).toEqual([422, '/units']);
    expect(await pointers('block', { units: ['1', '9', '01'] })).toEqual([422, '/units/1', '/units/2']);
    expect(await post(stalls, 'capacity', { capacity: 9 })).toMatchObject({
      status: 409,
      body: { code: 'sale-state-conflict', reason: 'units-are-named' },
    });
    expect(await post('sku_none', 'capacity', { capacity: 9 })).toMatchObject({ body: { code: 'sku-not-found' } });
    expect(await post('sku_%00', 'capacity', { capacity: 9 })).toMatchObject({ body: { code: 'sku-not-found' } });
    expect(await post('sku_none', 'block', { units: ['1'] })).toMatchObject({ body: { code: 'sku-not-found' } });
  });

  it('is refused once the sale is closed', async () => {
    const { saleId, skus } = await opened('closed');
    await sales.command(saleId, 'close');
    const refused = { status: 409, body: { code: 'sale-state-conflict', reason: 'sale-is-closed' } };
    expect(await post(skus[0], 'capacity', { capacity: 9 })).toMatchObject(refused);
    expect(await post(skus[0], 'block', { units: ['1'] })).toMatchObject(refused);
    expect(await post(skus[0], 'unblock', { units: ['1'] })).toMatchObject(refused);
  });
});

describe('a release schedule', () => {
  it.each(['draft', 'open'] as const)('of a sale that is %s says what is withheld, and until when', async (status) => {
    const { skus } = await opened(`schedule-${status}`, status);
    const path = `/admin/skus/${skus[0]}/release-schedule`;
    const releases = [
      { at: '2040-01-01T10:00:00.000Z', quantity: 3 },
      { at: '2040-01-01T11:00:00.000Z', quantity: 1 },
    ];
    const planned = await sales.call('admin', 'PUT', path, { releases, reason: 'a test' });
    const view = { skuId: skus[0], withheld: 4, releases: releases.map((each) => ({ ...each, releasedAt: null })) };
    expect([planned.statusCode, planned.json()]).toEqual([200, view]);
    expect((await sales.call('admin', 'GET', path)).json()).toEqual(view);
    const read = await sales.call('admin', 'GET', `/admin/skus/${skus[0]}`);
    expect(read.json()).toMatchObject({ available: 1, blocked: 4, withheld: 4, capacity: 5 });
    await sales.call('admin', 'PUT', path, { releases: releases.slice(0, 1), reason: 'a test' });
    const tooMany = await sales.call('admin', 'PUT', path, {
      releases: [{ ...releases[0], quantity: 6 }],
      reason: 'x',
    });
    expect(tooMany.json()).toMatchObject({
      status: 409,
      code: 'units-unavailable',
      lines: [{ requested: 3, available: 2 }],
    });
    const wrong = await sales.call('admin', 'PUT', path, { releases: [{ at: 'soon', quantity: 0 }] });
    const { errors } = wrong.json<{ errors: { pointer: string }[] }>();
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/releases/0/at', '/releases/0/quantity', '/reason']);
    // Its zone leads into the year 10000, which RFC 3339 has no way to write.
    const late = { releases: [{ at: '9999-12-31T23:59:59-01:00', quantity: 1 }], reason: 'a test' };
    expect((await sales.call('admin', 'PUT', path, late)).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/releases/0/at' }],
    });
    expect((await sales.auditOf(skus[0] ?? '')).map(({ action }) => action)).toEqual(['sku.schedule', 'sku.schedule']);
  });
});
