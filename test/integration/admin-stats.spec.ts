import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import type { RatesOfSale } from '../../src/admin/rates.dto.js';
import type { HoldFigures, SaleStats, Stats } from '../../src/admin/stats.dto.js';

let site: Site;
let worker: RunningApp;
beforeAll(async () => {
  site = await Site.open();
  await site.start('api');
  worker = await site.start('worker');
});
afterAll(() => site.close());

async function statsOf(sale?: { id: string }): Promise<Stats> {
  const path = `/v1/admin/stats${sale ? `?saleId=${sale.id}` : ''}`;
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return must(200, await site.client.send(site.url, { method: 'GET', path, headers })).body as unknown as Stats;
}

/** The stats once they are as a test wants them: a copy is at most 1 s old, and processes tell once a second. */
function until(sale: TestSale, wanted: (stats: SaleStats) => boolean): Promise<SaleStats> {
  return eventually('the stats are as wanted', async () => {
    const stats = (await statsOf(sale)).sale;
    if (!stats || !wanted(stats)) throw new Error(`the stats are ${JSON.stringify(stats)}`);
    return stats;
  });
}

const total = (counts: Pick<HoldFigures['ageHistogram'][number], 'holds' | 'units'>[]): number[] => [
  counts.reduce((sum, { holds }) => sum + holds, 0),
  counts.reduce((sum, { units }) => sum + units, 0),
];

describe('GET /v1/admin/stats', () => {
  it('counts the units of each SKU, and adds them up', async () => {
    const sale = await site.sale({ skus: [10, 5] });
    await site.held(sale, 'ann', 3);
    const { body } = await site.held(sale, 'bob', 2);
    must(200, await site.shop().checkout(body.id));
    const { skus, totals, stale } = await until(sale, ({ totals: { checkout } }) => checkout === 2);
    expect(stale).toBe(false);
    expect(
      skus.map(({ name, capacity, available, held, checkout }) => [name, capacity, available, held, checkout]),
    ).toEqual([
      ['SKU 1', 10, 5, 3, 2],
      ['SKU 2', 5, 5, 0, 0],
    ]);
    expect(totals).toEqual({ capacity: 15, available: 10, held: 3, checkout: 2, sold: 0, blocked: 0 });
  });

  it('name the newest line of the audit log, so that who shows it knows when to read on', async () => {
    const { lastAuditId } = await statsOf();
    await site.sale();
    await eventually('the lines of the sale are told of', async () => {
      const { lastAuditId: now } = await statsOf();
      return Number(now) >= Number(lastAuditId) + 2;
    });
  });

  it('tells how old holds are, when they end, and who has most', async () => {
    const sale = await site.sale({ skus: [20], holdTtlSeconds: 60 });
    await site.held(sale, 'ann', 3);
    await site.held(sale, 'ann', 1);
    const { body } = await site.held(sale, 'bob', 2);
    must(200, await site.shop().checkout(body.id));
    const { holds } = await until(sale, (stats) => stats.holds?.live === 3);
    expect(holds).toMatchObject({ live: 3, liveUnits: 6, stepSeconds: 5 });
    expect(total(holds?.ageHistogram ?? [])).toEqual([3, 6]);
    // The window of a payment is longer than all steps together.
    const forecast = holds?.expiryForecast ?? [];
    expect(total(forecast)).toEqual([2, 4]);
    expect(forecast.at(-1)).toMatchObject({ fromSeconds: 75, toSeconds: null, checkouts: 1, checkoutUnits: 2 });
    expect(forecast.slice(0, 8).every((step) => step.holds === 0)).toBe(true);
    expect(holds?.topHolders).toEqual([
      { customerId: 'ann', holds: 2, units: 4 },
      { customerId: 'bob', holds: 1, units: 2 },
    ]);
  });

  it('tells what became of holds', async () => {
    const sale = await site.sale({ skus: [20] });
    const [paid, given] = [(await site.held(sale, 'ann')).body, (await site.held(sale, 'bob')).body];
    const none = await until(sale, (stats) => stats.holds?.live === 2);
    expect(none.holds?.outcomes.holdToOrderRatio).toBeNull();
    must(201, await site.shop().confirm(paid.id, 'pay_1'));
    must(200, await site.shop().end(given.id));
    const { holds } = await until(sale, (stats) => stats.holds?.outcomes.released === 1);
    expect(holds?.outcomes).toEqual({ ordered: 1, cancelled: 0, released: 1, expired: 0, holdToOrderRatio: 0.5 });
  });

  it('adds up what all processes did in the last minute', async () => {
    const sale = await site.sale({ skus: [3] });
    await site.held(sale, 'ann', 2);
    const { body } = await site.held(sale, 'bob');
    must(201, await site.shop().confirm(body.id, 'pay_1'));
    const asked = { customerId: 'eve', lines: [{ skuId: sale.skus[0] ?? '', quantity: 5 }] };
    must(409, await site.shop().reserve(sale.id, asked, { wait: 10, key: 'one' }));
    await site.operator().command(sale.id, 'pause');
    await eventually('the door says so', async () => must(409, await site.shop().reserve(sale.id, asked)));
    const minute = ({ requests, holds, heldUnits, confirms, refusals }: RatesOfSale): string =>
      [requests, holds, heldUnits, confirms, refusals].map(({ lastMinute }) => lastMinute).join(' ');
    const { rates } = await until(sale, (stats) => stats.rates !== null && minute(stats.rates) === '3 2 3 1 2');
    expect(rates?.refusalsByCode.map(({ code }) => code).sort()).toEqual(['sale-paused', 'units-unavailable']);
    expect(rates?.holds.series).toHaveLength(60);
    expect(rates?.holds.series.reduce((sum, each) => sum + each, 0)).toBe(2);
  });

  it('tells which processes run, and misses none that stopped in order', async () => {
    const second = await site.start('worker');
    const alive = (wanted: number): Promise<Stats> =>
      eventually(`${wanted} workers are alive`, async () => {
        const stats = await statsOf();
        if (stats.workersAlive !== wanted) throw new Error(`workers alive: ${stats.workersAlive}`);
        return stats;
      });
    const { sale, instances, queues } = await alive(2);
    expect(sale).toBeNull();
    expect(instances?.map(({ role }) => role).sort()).toEqual(['api', 'worker', 'worker']);
    expect(queues).toEqual([{ queue: 'reserve-0', jobs: 0, failed: 0, oldestAgeMs: 0 }]);
    await site.stop(second);
    expect((await alive(1)).instances).toHaveLength(2);
    expect(worker.url).not.toBe('');
  });

  it('shows a draft without building it, and knows no other sale', async () => {
    const body = {
      name: 'A draft',
      slug: 'a-draft',
      currency: 'EUR',
      skus: [{ name: 'GA', capacity: 7, unitPrice: 1 }],
    };
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const made = await site.client.send(site.url, { method: 'POST', path: '/v1/admin/sales', headers, body });
    const { sale } = await statsOf(must(201, made).body);
    expect(sale).toMatchObject({ status: 'draft', stale: false, totals: { capacity: 7, available: 7 } });
    const path = '/v1/admin/stats?saleId=sale_nothere000';
    const missing = await site.client.send(site.url, { method: 'GET', path, headers });
    expect([missing.status, missing.body.code]).toEqual([404, 'sale-not-found']);
  });
});
