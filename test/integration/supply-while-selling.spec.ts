import { Postgres } from '../../src/platform/postgres.js';
import { readJournalledStock } from '../../src/sales/journalled-stock.js';
import { crowd, seeded } from '../e2e/crowd.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import type { Answer } from '../e2e/http-client.js';

let site: Site;
let first: RunningApp;
let second: RunningApp;
beforeAll(async () => {
  site = await Site.open();
  first = await site.start();
  second = await site.start('api');
});
afterAll(() => site.close());

function admin(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return site.client.send(first.url, {
    method,
    path: `/v1/admin${path}`,
    headers,
    ...(body !== undefined && { body }),
  });
}

describe('while buyers reserve', () => {
  it('capacity, blocks and imports leave sums that are right, and no unit with two owners', async () => {
    const sale = await site.sale({ skus: [60, ['A-1', 'A-2']], unitsPerCustomerMax: null });
    const [general = '', seats = ''] = sale.skus;
    const dice = seeded(7);
    const reason = 'a test';
    const commands = Array.from({ length: 24 }, (_, i) => async (): Promise<number> => {
      const kinds: (() => Promise<Answer>)[] = [
        () => admin('POST', `/skus/${general}/capacity`, { capacity: 30 + dice(60), reason }),
        () => admin('POST', `/skus/${general}/capacity`, { capacity: 20 + dice(30), mode: 'as_holds_end', reason }),
        () => admin('POST', `/skus/${general}/block`, { units: [String(1 + dice(60))], reason }),
        () => admin('POST', `/skus/${general}/unblock`, { units: [String(1 + dice(60))], reason }),
        () => admin('POST', `/skus/${seats}/units?reason=test`, [{ label: `B-${i}` }, { label: `C-${i}` }]),
      ];
      return (await kinds[i % kinds.length]?.())?.status ?? 0;
    });
    const shop = site.shop(second);
    const buying = crowd(Array.from({ length: 300 }), 30, async (_, i) => {
      const lines = [{ skuId: i % 3 === 0 ? seats : general, quantity: 1 + (i % 2) }];
      const { status, body } = await shop.reserve(
        sale.id,
        { customerId: `c${i}`, lines, mode: 'partial' },
        { wait: 20 },
      );
      if (status !== 201) return status;
      if (i % 4 === 0) await shop.confirm(body.id, `p${i}`);
      else if (i % 4 < 3) await shop.end(body.id);
      return status;
    });
    const statuses = await crowd(commands, 2, (command) => command());
    const bought = await buying;
    expect(statuses.filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status < 300).length).toBeGreaterThan(10);
    expect(bought.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(bought.filter((status) => status === 201).length).toBeGreaterThan(30);

    await eventually('both stores agree', async () => {
      const live = (await shop.availability(sale.id)).body.skus;
      const counted = await readJournalledStock(first.app.get(Postgres), sale.id);
      return (
        live.every((s) => s.available + s.held + s.checkout + s.sold + s.blocked === s.capacity) &&
        isSame(live, counted)
      );
    });
  });

  it('a new SKU and new seats are reserved on another process the moment they are answered', async () => {
    const sale = await site.sale({ skus: [5] });
    const shop = site.shop(second);
    await shop.availability(sale.id);
    for (let i = 0; i < 5; i++) {
      const { body } = await admin('POST', `/sales/${sale.id}/skus`, {
        name: `SKU ${i}`,
        unitPrice: 100,
        reason: 'a test',
      });
      await admin('POST', `/skus/${body.id}/units?reason=test`, [{ label: 'X-1' }]);
      const asked = { customerId: 'ann', lines: [{ skuId: body.id, units: ['X-1'] }] };
      const held = await shop.reserve(sale.id, asked, { wait: 10 });
      expect([held.status, held.body.lines[0]]).toMatchObject([
        201,
        { skuId: body.id, units: ['X-1'], unitPrice: 100 },
      ]);
    }
    const unknown = await shop.reserve(sale.id, { customerId: 'ann', lines: [{ skuId: 'sku_none', quantity: 1 }] });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'sku-not-found' } });
  });

  it('a SKU that was held is not taken away, and one that is taken away refuses as sold out', async () => {
    const sale = await site.sale({ skus: [5, 5] });
    const [kept = '', removed = ''] = sale.skus;
    const shop = site.shop(second);
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const remove = (id: string): Promise<Answer> =>
      site.client.send(first.url, { method: 'DELETE', path: `/v1/admin/skus/${id}?reason=test`, headers });
    const held = await site.held(sale, 'ann');
    expect(await remove(kept)).toMatchObject({
      status: 409,
      body: { code: 'sale-state-conflict', reason: 'sku-was-held' },
    });
    await shop.end(held.body.id);
    expect(await remove(kept)).toMatchObject({ status: 409, body: { reason: 'sku-was-held' } });
    const asking = crowd(Array.from({ length: 20 }), 5, (_, i) =>
      shop.reserve(sale.id, { customerId: `c${i}`, lines: [{ skuId: removed, quantity: 1 }] }, { wait: 10 }),
    );
    const gone = await remove(removed);
    const codes = new Set((await asking).map(({ status, body }) => (status === 201 ? 'held' : body.code)));
    expect(
      [...codes].filter((code) => !['held', 'sold-out', 'units-unavailable', 'sku-not-found'].includes(code)),
    ).toEqual([]);
    expect(gone.status === 204 ? !codes.has('held') : codes.has('held')).toBe(true);
  });
});

interface Counts {
  available: number;
  held: number;
  checkout: number;
  sold: number;
  blocked: number;
  capacity: number;
}

const isSame = (a: Counts[], b: Counts[]): boolean => {
  const text = ({ available, held, checkout, sold, blocked, capacity }: Counts): string =>
    [available, held, checkout, sold, blocked, capacity].join(' ');
  return a.map(text).join() === b.map(text).join();
};
