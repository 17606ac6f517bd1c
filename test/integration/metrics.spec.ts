import { readFileSync } from 'node:fs';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { type Scraped, scrape } from '../scraped.js';
import { tableBelow } from '../support/tree.js';

const TOKEN = 'the-token-that-scrapers-of-these-tests-send';

let site: Site;
let api: RunningApp;
let worker: RunningApp;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.open({ env: { METRICS_TOKEN: TOKEN } });
  worker = await site.start('worker');
  api = await site.start('api');
});
beforeEach(async () => {
  sale = await site.operator(api).sell({ skus: [3, 4] });
  await site.untilDelivered();
});
afterAll(() => site.close());

const scraped = ({ url }: RunningApp): Promise<Scraped> => scrape(url, TOKEN);

/** By how much a counter grew while something was done, looked at until it has. */
async function growth(
  app: RunningApp,
  name: string,
  labels: object,
  by: number,
  act: () => Promise<unknown>,
): Promise<void> {
  const before = (await scraped(app)).sum(name, labels);
  await act();
  await eventually(`${name} ${JSON.stringify(labels)} grew by ${by}`, async () => {
    const now = (await scraped(app)).sum(name, labels);
    if (now - before !== by) throw new Error(`it grew by ${now - before}`);
    return true;
  });
}

const hold = (customerId: string, quantity = 1): ReturnType<Site['held']> =>
  site.shop(api).reserve(sale.id, { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity }] }, { wait: 10 });

describe('GET /metrics', () => {
  it('is the table of README, with the same types and labels', async () => {
    await hold('ann');
    const rows = tableBelow(readFileSync('README.md', 'utf8'), '## Watch it');
    const inTicks = (cell = ''): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, word = '']) => word);
    const listed = rows.map(([metric, type = '', labels]) => [
      inTicks(metric)[0],
      type.replace(/ ¹$/, ''),
      inTicks(labels).sort(),
    ]);
    const [one, other] = [await scraped(worker), await scraped(api)];
    const told = new Map([...one.described(), ...other.described()]);
    const ours = [...told].filter(([name]) => /^(holdfast|bullmq)_/.test(name));
    expect(listed.map(([name]) => name).sort()).toEqual(ours.map(([name]) => name).sort());
    expect(listed.map(([name, type]) => [name, type]).sort()).toEqual(
      ours.map(([name, { type }]) => [name, type]).sort(),
    );
    for (const [name, , labels] of listed) {
      const used = [...one.labelsOf(String(name)), ...other.labelsOf(String(name))];
      for (const each of used) expect([name, each]).toEqual([name, labels]);
    }
  });

  it('is well-formed: each metric once, its samples right below it', async () => {
    for (const app of [worker, api]) {
      const { text } = await scraped(app);
      const types = Array.from(text.matchAll(/^# TYPE (\w+) /gm), ([, name = '']) => name);
      expect(types).toEqual([...new Set(types)]);
      let metric = '';
      for (const line of text.split('\n').filter(Boolean)) {
        metric = /^# TYPE (\w+) /.exec(line)?.[1] ?? metric;
        const sample = /^\w+/.exec(line)?.[0] ?? metric;
        expect([sample, sample.replace(/_(?:bucket|sum|count)$/, '')]).toContain(metric);
      }
    }
  });

  it('is told to nobody without the token', async () => {
    const bare = { method: 'GET', path: '/metrics' };
    for (const headers of [{}, { authorization: 'Bearer another-token-of-the-same-form-and-length' }]) {
      const { status, body } = await site.client.send(worker.url, { ...bare, headers });
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
  });

  it('counts units by state, as the ledger has them', async () => {
    const { id } = must(201, await hold('ann', 2)).body;
    must(200, await site.shop(api).checkout(id));
    await eventually('the units are counted', async () => {
      const { sum } = await scraped(api);
      const units = (state: string, sku: number): number => sum('holdfast_units', { sku: sale.skus[sku], state });
      expect([units('available', 0), units('checkout', 0), units('held', 0)]).toEqual([1, 2, 0]);
      expect(units('available', 1)).toBe(4);
      return true;
    });
  });
});

describe('what happens', () => {
  it('is counted: a hold where it is made, with how long it took and the batches it went through', async () => {
    const before = await scraped(worker);
    await growth(worker, 'holdfast_held_units_total', {}, 2, async () => must(201, await hold('ann', 2)));
    const after = await scraped(worker);
    for (const [name, labels] of [
      ['holdfast_holds_total', {}],
      ['holdfast_decision_duration_seconds_count', { outcome: 'held' }],
      ['holdfast_reserve_batch_requests_sum', { step: 'decide' }],
      ['holdfast_journal_rows_total', { write: 'insert' }],
      ['holdfast_journal_duration_seconds_count', { write: 'insert' }],
      ['holdfast_script_duration_seconds_count', { script: 'hold' }],
    ] as const)
      expect([name, after.sum(name, labels) - before.sum(name, labels)]).toEqual([name, 1]);
    const seconds = after.sum('holdfast_decision_duration_seconds_sum', { outcome: 'held' });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(30);
  });

  it('is counted: a refusal by its code, once, by the ledger that decided it', async () => {
    must(201, await hold('ann', 3));
    const labels = { code: 'units-unavailable' };
    const atDoor = (await scraped(api)).sum('holdfast_refusals_total', labels);
    await growth(worker, 'holdfast_refusals_total', { ...labels, at: 'ledger' }, 1, async () =>
      must(409, await hold('bob')),
    );
    expect((await scraped(api)).sum('holdfast_refusals_total', labels)).toBe(atDoor);
  });

  it('is counted: a refusal at the door by the process that answered', async () => {
    await growth(api, 'holdfast_refusals_total', { code: 'sale-not-found', at: 'door' }, 1, () =>
      site
        .shop(api)
        .reserve('sale_0000000000', { customerId: 'ann', lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] }),
    );
  });

  it('is counted: a request by the template of its route, never by an id', async () => {
    const { id } = must(201, await hold('ann')).body;
    const labels = { method: 'GET', route: '/v1/reservations/:id', status: '200' };
    await growth(api, 'holdfast_http_request_duration_seconds_count', labels, 1, () => site.shop(api).read(id));
    expect((await scraped(api)).text).not.toContain(id);
  });

  it('is counted: a payment by its outcome, and the settling that follows', async () => {
    const { id } = must(201, await hold('ann')).body;
    await growth(worker, 'holdfast_outbox_delivered_total', {}, 1, () =>
      growth(api, 'holdfast_payments_total', { outcome: 'ordered' }, 1, () => site.shop(api).confirm(id, 'pay_1')),
    );
    await growth(api, 'holdfast_payments_total', { outcome: 'repeated' }, 1, () => site.shop(api).confirm(id, 'pay_1'));
    await growth(api, 'holdfast_payments_total', { outcome: 'already-confirmed' }, 1, () =>
      site.shop(api).confirm(id, 'pay_2'),
    );
    expect(
      (await scraped(worker)).sum('holdfast_rebuilds_total', { reason: 'new-sale', outcome: 'rebuilt' }),
    ).toBeGreaterThan(0);
  });
});
