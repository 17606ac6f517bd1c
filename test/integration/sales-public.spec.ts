import 'reflect-metadata';
import type { SaleAvailability } from '../../src/sales/availability.view.js';
import { SaleCatalog } from '../../src/sales/sale-catalog.js';
import type { AdminSaleView, SaleList } from '../../src/sales/sale.view.js';
import { inSeconds, SalesApp } from '../sales-app.js';

const SEATS = { name: 'Stalls', unitPrice: 9000, units: [{ label: 'A-1' }, { label: 'A-2' }, { label: 'B-1' }] };

async function openSale(app: SalesApp, slug: string, different: object = {}): Promise<AdminSaleView> {
  const { id } = await app.create(slug, different);
  const answer = await app.command(id, 'open');
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<AdminSaleView>();
}

describe('what the public reads', () => {
  let sales: SalesApp;
  beforeAll(async () => {
    sales = await SalesApp.start();
  });
  afterAll(() => sales.stop());

  const list = async (kind: 'anonymous' | 'service', query = ''): Promise<SaleList> =>
    (await sales.call(kind, 'GET', `/sales${query}`)).json<SaleList>();

  it('is no draft: neither the sale, nor its stock, nor the list knows it', async () => {
    const { id } = await sales.create('hidden');
    for (const kind of ['anonymous', 'service', 'admin'] as const) {
      expect((await sales.call(kind, 'GET', `/sales/${id}`)).json()).toMatchObject({ code: 'sale-not-found' });
      expect((await sales.call(kind, 'GET', `/sales/${id}/availability`)).statusCode).toBe(404);
    }
    expect((await list('service')).items.map(({ slug }) => slug)).not.toContain('hidden');
  });

  it('is a sale from the moment it opens, although it was asked for as a draft', async () => {
    const { id } = await sales.create('revealed', { skus: [SEATS] });
    expect((await sales.call('anonymous', 'GET', `/sales/${id}`)).statusCode).toBe(404);
    await sales.command(id, 'open');
    const answer = await sales.call('anonymous', 'GET', `/sales/${id}`);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        ...{
          id,
          slug: 'revealed',
          name: 'Midnight Drop',
          currency: 'EUR',
          status: 'open',
          opensAt: null,
          closesAt: null,
        },
        ...{ holdTtlSeconds: 600, checkoutTtlSeconds: 900, unitsPerCustomerMax: null },
        ...{ extensionsMax: 1, extensionStepSeconds: 300 },
        skus: [
          {
            ...{ id: expect.stringMatching(/^sku_/), name: 'Stalls', unitPrice: 9000 },
            ...{ unitsPerCustomerMax: null, labelled: true },
          },
        ],
      },
    ]);
    expect((await sales.call('service', 'GET', `/sales/${id}`)).json()).toEqual(answer.json());
  });

  it('is a list of what is scheduled, open, paused, or closed within the last day', async () => {
    await openSale(sales, 'list-open');
    await openSale(sales, 'list-scheduled', { opensAt: inSeconds(3600) });
    const paused = await openSale(sales, 'list-paused');
    await sales.command(paused.id, 'pause');
    const closed = await openSale(sales, 'list-closed');
    await sales.command(closed.id, 'close');
    const old = await openSale(sales, 'list-old');
    await sales.command(old.id, 'close');
    await sales.postgres.query("UPDATE sales SET closed_at = now() - interval '25 hours' WHERE id = $1", [old.id]);
    const slugs = (await list('service', '?limit=100')).items.map(({ slug }) => slug);
    expect(slugs.filter((slug) => slug.startsWith('list-'))).toEqual([
      ...['list-closed', 'list-paused', 'list-scheduled', 'list-open'],
    ]);
    expect((await list('anonymous', '?limit=100')).items.map(({ slug }) => slug)).toEqual(slugs);
    const first = await list('service', '?limit=1');
    const second = await list('service', `?limit=1&cursor=${first.nextCursor}`);
    expect([first, second].map(({ items }) => items[0]?.slug)).toEqual(['list-closed', 'list-paused']);
  });

  it('counts each SKU, straight from Redis', async () => {
    const { id, skus } = await openSale(sales, 'counted', {
      skus: [{ name: 'General admission', capacity: 5, unitPrice: 1 }, SEATS],
    });
    const answer = await sales.call('service', 'GET', `/sales/${id}/availability`);
    const none = { held: 0, checkout: 0, sold: 0, blocked: 0, nextExpiryAt: null };
    expect(answer.json()).toEqual({
      ...{ saleId: id, status: 'open', asOf: expect.stringMatching(/^\d{4}-.*Z$/), stale: false },
      skus: [
        { skuId: skus[0]!.id, state: 'available', capacity: 5, available: 5, ...none },
        { skuId: skus[1]!.id, state: 'available', capacity: 3, available: 3, ...none },
      ],
    });
    expect((await sales.call('anonymous', 'GET', `/sales/${id}/availability`)).json()).toMatchObject({ stale: false });
  });

  it('is one copy for a crowd, and exact for whoever has a key', async () => {
    const { id } = await openSale(sales, 'crowd');
    const read = async (kind: 'anonymous' | 'service'): Promise<SaleAvailability> =>
      (await sales.call(kind, 'GET', `/sales/${id}/availability`)).json<SaleAvailability>();
    const crowd = await Promise.all(Array.from({ length: 50 }, () => read('anonymous')));
    expect(new Set(crowd.map(({ asOf }) => asOf)).size).toBe(1);
    expect((await read('service')).asOf > crowd[0]!.asOf).toBe(true);
  });

  it('refuses a cursor that is none', async () => {
    expect((await sales.call('anonymous', 'GET', '/sales?cursor=x')).json()).toMatchObject({
      ...{ status: 422, errors: [{ pointer: '?cursor' }] },
    });
  });
});

describe('the catalog', () => {
  let sales: SalesApp;
  let catalog: SaleCatalog;
  beforeAll(async () => {
    sales = await SalesApp.start();
    catalog = sales.app.get(SaleCatalog);
  });
  afterAll(() => sales.stop());

  it('knows units by label and by number, in a seat map and in general admission', async () => {
    const general = { name: 'General admission', capacity: 5, unitPrice: 1 };
    const { id } = await sales.create('labels', { skus: [SEATS, general] });
    const sale = await catalog.find(id);
    const [seats, numbers] = sale!.skus;
    expect([seats!.numberOf('B-1'), seats!.labelOf(2), seats!.numberOf('3'), seats!.labels?.size]).toEqual([
      ...[3, 'A-2', undefined, 3],
    ]);
    expect(['5', '6', '0', '05', 'A-1'].map((label) => numbers!.numberOf(label))).toEqual([
      ...[5, undefined, undefined, undefined, undefined],
    ]);
    expect([numbers!.labels, numbers!.labelOf(4)]).toEqual([null, '4']);
    expect(sale!.skuByOrdinal.get(2)).toBe(sale!.skuById.get(numbers!.id));
  });

  it('reads a sale once for all who ask together, and finds it by its key', async () => {
    const { id } = await sales.create('asked');
    const found = await Promise.all([1, 2, 3].map(() => catalog.find(id)));
    expect(new Set(found).size).toBe(1);
    expect(await catalog.findByKey(id.slice('sale_'.length))).toBe(found[0]);
  });

  it('follows a change that another process made', async () => {
    const { id } = await sales.create('followed');
    const before = await catalog.find(id);
    await sales.postgres.query("UPDATE sales SET name = 'Noon Drop', revision = revision + 1 WHERE id = $1", [id]);
    await catalog.refresh();
    expect([before?.name, catalog.peek(id)?.name]).toEqual(['Midnight Drop', 'Noon Drop']);
    const readAt = catalog.peek(id)!.readAt;
    await catalog.refresh();
    expect(catalog.peek(id)!.readAt).toBeGreaterThan(readAt);
  });

  it('knows nothing of sales that do not exist', async () => {
    expect([
      await catalog.find('sale_0000000000'),
      await catalog.find("'; --"),
      catalog.peek('sale_0000000000'),
    ]).toEqual([...[null, null, undefined]]);
  });
});

describe('while Redis is out of reach', () => {
  let sales: SalesApp;
  beforeAll(async () => {
    sales = await SalesApp.start({ REDIS_URL: 'redis://127.0.0.1:1' });
  });
  afterAll(() => sales.stop());

  const RESERVATION = `
    INSERT INTO reservations (id, sale_id, customer_id, status, epoch, version, hold_sequence, mode, fingerprint,
                              lines, total, queued_at, held_at, expires_at)
    VALUES ($1, $2, 'c_42', $3::"ReservationStatus", 1, 2, 1, 'all', '', $4, 0, now(), now(), $5)`;

  it('counts come from the journal and say that they are stale', async () => {
    const { id, skus } = await sales.create('journalled');
    const sku = skus[0]!.id;
    await sales.postgres.query("UPDATE sales SET status = 'open', revision = 2 WHERE id = $1", [id]);
    const reserve = (name: string, status: string, units: number[], expiresAt: string): Promise<unknown> =>
      sales.postgres.query(RESERVATION, [
        name,
        id,
        status,
        JSON.stringify([{ skuId: sku, ordinal: 1, units }]),
        expiresAt,
      ]);
    const expiresAt = inSeconds(600);
    await reserve('rsv_held', 'held', [1], expiresAt);
    await reserve('rsv_over', 'held', [2], inSeconds(-60));
    await reserve('rsv_pinned', 'checkout', [3], inSeconds(-60));
    await reserve('rsv_gone', 'released', [4], expiresAt);
    await sales.postgres.query("INSERT INTO sold_units (sku_id, unit_no, reservation_id) VALUES ($1, 4, 'rsv_sold')", [
      sku,
    ]);
    await sales.postgres.query(
      "INSERT INTO withdrawn_units (sku_id, unit_no, reason, version) VALUES ($1, 5, 'block', 1)",
      [sku],
    );

    const answer = await sales.call('service', 'GET', `/sales/${id}/availability`);
    expect(answer.json()).toMatchObject({
      ...{ status: 'open', stale: true },
      skus: [
        {
          ...{ skuId: sku, state: 'available', capacity: 5, available: 1, held: 1, checkout: 1, sold: 1, blocked: 1 },
          nextExpiryAt: expiresAt,
        },
      ],
    });
    await sales.postgres.query(
      "INSERT INTO withdrawn_units (sku_id, unit_no, reason, version) VALUES ($1, 2, 'capacity', 1)",
      [sku],
    );
    const fewer = (await sales.call('service', 'GET', `/sales/${id}/availability`)).json<SaleAvailability>();
    expect(fewer.skus[0]).toMatchObject({ state: 'all_held', capacity: 4, available: 0 });
  });

  it('a command is recorded, and says that Redis has not heard of it', async () => {
    const { id } = await sales.create('recorded');
    const answer = await sales.tell(id, 'open');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'store-unavailable']);
    expect(await sales.statusOf(id)).toBe('open');
  });
});
