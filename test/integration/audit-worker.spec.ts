import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { Postgres } from '../../src/platform/postgres.js';
import { crowd, seeded } from '../e2e/crowd.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { scrape } from '../scraped.js';

const TOKEN = 'the-token-that-scrapers-of-the-audit-send';

let site: Site;
let apps: RunningApp[];
let redis: Redis;
const lines: string[] = [];
beforeAll(async () => {
  const env = {
    ...{ METRICS_TOKEN: TOKEN, LOG_LEVEL: 'error', AUDIT_INTERVAL_MS: '100' },
    ...{ PG_STATEMENT_TIMEOUT_MS: '2000', REDIS_COMMAND_TIMEOUT_MS: '1500' },
  };
  site = await Site.open({ env, log: (line) => lines.push(line) });
  apps = [await site.start(), await site.start('worker')];
  redis = new Redis(site.stores.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await site.close();
});

const sql = (text: string, ...values: unknown[]) => apps[0]!.app.get(Postgres).query(text, values);

/** A metric of all processes together. */
async function counted(name: string, labels: object = {}): Promise<number> {
  const scraped = await Promise.all(apps.map(({ url }) => scrape(url, TOKEN)));
  return scraped.reduce((sum, each) => sum + each.sum(name, labels), 0);
}

async function stockKey(sale: TestSale): Promise<string> {
  const [row] = await apps[0]!.app
    .get(Postgres)
    .query<{ epoch: number }>('SELECT epoch FROM sales WHERE id = $1', [sale.id]);
  return saleKey(site.stores.keyPrefix, sale.key, row?.epoch ?? 0, 'stock');
}

/** Waits until each worker has begun and ended an audit from now on. */
async function roundOfEach(): Promise<void> {
  const audits = ({ url }: RunningApp): Promise<number> =>
    scrape(url, TOKEN).then((scraped) => scraped.sum('holdfast_audits_total'));
  for (const app of apps) {
    const before = await audits(app);
    await eventually('it has audited', async () => (await audits(app)) > before + 2);
  }
}

const told = (sale: TestSale, word: string): string[] =>
  lines.filter((line) => line.includes(sale.id) && line.includes(word));

describe('the audit of the workers', () => {
  it('has a sale rebuilt whose books are wrong, and says why in one line', async () => {
    const sale = await site.sale({ skus: [10] });
    await site.held(sale, 'ann', 2);
    const before = await counted('holdfast_rebuilds_total', { reason: 'drift', outcome: 'rebuilt' });
    const key = await stockKey(sale);
    await redis.hset(key, '1', ((await redis.hget(key, '1')) ?? '').replace(/^10 10 8 2/, '10 10 9 2'));
    await eventually('it is rebuilt', async () => {
      expect(await counted('holdfast_rebuilds_total', { reason: 'drift', outcome: 'rebuilt' })).toBe(before + 1);
      return true;
    });
    await site.untilCounts(sale, '8 2 0 0 / 10');
    // Once in each process: at this interval the other one may look again before the guardian has.
    expect(told(sale, 'do not agree').length).toBeLessThanOrEqual(apps.length);
    expect(told(sale, 'has not healed')).toEqual([]);
    const line: unknown = JSON.parse(told(sale, 'do not agree')[0] ?? '{}');
    expect(line).toMatchObject({
      ...{ level: 'error', verdict: 'drift', findingsTotal: 2 },
      findings: [
        'sums: SKU 1: available 9 + held 2 + checkout 0 + sold 0 + blocked 0 = 11, and its capacity is 10',
        'marks: SKU 1 is marked 8 available, 2 taken, 0 blocked, 0 withdrawn; its counters say 9 available, 2 taken, 0 blocked, 0 withdrawn',
      ],
    });
    expect(await counted('holdfast_audit_findings_total', { kind: 'sums' })).toBeGreaterThan(0);
    await eventually('it agrees again', async () => {
      expect(await counted('holdfast_audit_suspect_sales')).toBe(0);
      return true;
    });
  });

  it('refuses to rebuild from a Postgres that has forgotten orders, until it is the right one again', async () => {
    const sale = await site.sale({ skus: [5] });
    const held = await site.held(sale, 'ann', 2);
    must(201, await site.shop().confirm(held.body.id, 'pay_1'));
    await site.untilCounts(sale, '3 0 0 2 / 5');
    const key = await stockKey(sale);
    await sql('CREATE TABLE aside AS SELECT * FROM sold_units');
    await sql('DELETE FROM sold_units');
    await eventually('the audit has found it', async () => {
      expect(await counted('holdfast_audit_suspect_sales', { verdict: 'postgres-older' })).toBeGreaterThan(0);
      return true;
    });
    expect(told(sale, 'SKU 1: Redis has sold 2 units, and Postgres knows of 0').length).toBeGreaterThan(0);
    await sql(`UPDATE sales SET redis_run_id = 'another' WHERE id = $1`, sale.id);
    await eventually('the guardian has refused', () => Promise.resolve(told(sale, 'not rebuilt from it').length > 0));
    expect(await stockKey(sale)).toBe(key);
    await sql('INSERT INTO sold_units SELECT * FROM aside');
    await eventually('it is rebuilt', async () => (await stockKey(sale)) !== key);
    await site.untilCounts(sale, '3 0 0 2 / 5');
  });

  it('finds nothing while 200 buyers reserve, pay and give back, and the stock changes under them', async () => {
    const sale = await site.sale({ skus: [60, 40], unitsPerCustomerMax: null });
    const [before, agreed] = [
      await counted('holdfast_audit_findings_total'),
      await counted('holdfast_audits_total', { verdict: 'agrees' }),
    ];
    const dice = seeded(11);
    const admin = (path: string, body: object): Promise<unknown> =>
      site.client.send(site.url, {
        ...{ method: 'POST', path: `/v1/admin/skus/${path}`, body: { ...body, reason: 'a test' } },
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
    const changing = crowd(Array.from({ length: 24 }), 1, (_, i) => {
      const sku = sale.skus[0] ?? '';
      const kinds = [
        () => admin(`${sku}/capacity`, { capacity: 30 + dice(60) }),
        () => admin(`${sku}/capacity`, { capacity: 20 + dice(40), mode: 'as_holds_end' }),
        () => admin(`${sku}/block`, { units: [String(1 + dice(60))] }),
        () => admin(`${sku}/unblock`, { units: [String(1 + dice(60))] }),
      ];
      return kinds[i % kinds.length]?.() ?? Promise.resolve();
    });
    await crowd(Array.from({ length: 600 }), 30, async (_, i) => {
      const shop = site.shop(apps[0]);
      const asked = [{ skuId: sale.skus[i % 2] ?? '', quantity: 1 + (i % 3) }];
      const { status, body } = await shop.reserve(
        sale.id,
        { customerId: `c${i % 200}`, lines: asked, mode: 'partial' },
        { wait: 20 },
      );
      if (status !== 201) return;
      if (i % 5 === 0) must(201, await shop.confirm(body.id, `p${i}`));
      else if (i % 5 < 3) await shop.end(body.id);
      else if (i % 5 === 3)
        await shop
          .extend(body.id)
          .then(() => shop.checkout(body.id))
          .then(() => shop.end(body.id));
      else await shop.end(body.id);
    });
    await changing;
    await eventually('it was audited', async () => {
      expect(await counted('holdfast_audits_total', { verdict: 'agrees' })).toBeGreaterThan(agreed + 2);
      return true;
    });
    expect(told(sale, 'do not agree')).toEqual([]);
    expect(await counted('holdfast_audit_findings_total')).toBe(before);
  }, 300_000);

  it('is one worker’s for each sale and interval, however many there are', async () => {
    const sale = await site.sale({ skus: [5] });
    const turn = `${site.stores.keyPrefix}:audit-turn:${sale.key}`;
    await redis.set(turn, 'taken', 'PX', 60_000);
    // A worker that took its turn before has done with this sale once it has audited another.
    await roundOfEach();
    await redis.hset(await stockKey(sale), '1', '5 5 4 0 0 0 0 0 0 0 0');
    await roundOfEach();
    expect(told(sale, 'do not agree')).toEqual([]);
    await redis.unlink(turn);
    await eventually('it is found', () => Promise.resolve(told(sale, 'do not agree').length > 0));
  });
});
