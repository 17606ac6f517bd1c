import { execFile } from 'node:child_process';
import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { Postgres } from '../../src/platform/postgres.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let app: RunningApp;
let redis: Redis;
beforeAll(async () => {
  // Nobody audits but who asks.
  const env = { AUDIT_INTERVAL_MS: '3600000', PG_STATEMENT_TIMEOUT_MS: '2000', REDIS_COMMAND_TIMEOUT_MS: '1500' };
  site = await Site.open({ env });
  app = await site.start();
  redis = new Redis(site.stores.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await site.close();
});

const sql = (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  app.app.get(Postgres).query(text, values);

function admin(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return site.client.send(app.url, { method, path: `/v1/admin/ledger/${path}`, headers, ...(body && { body }) });
}

const check = (sale: { id: string }): Promise<Answer> => admin('GET', `check?saleId=${sale.id}`);
const repair = (sale: { id: string }, asked: object = {}): Promise<Answer> =>
  admin('POST', 'repair', { saleId: sale.id, reason: 'a test', ...asked });

/** A sale of 10 units, 2 held by ann and 1 sold to bob. */
async function sold(): Promise<TestSale> {
  const sale = await site.sale({ skus: [10] });
  await site.held(sale, 'ann', 2);
  const held = await site.held(sale, 'bob');
  must(201, await site.shop().confirm(held.body.id, `pay_${sale.key}`));
  await site.untilCounts(sale, '7 2 0 1 / 10');
  return sale;
}

async function tamper(sale: TestSale): Promise<void> {
  const [row] = await sql('SELECT epoch FROM sales WHERE id = $1', sale.id);
  const key = saleKey(site.stores.keyPrefix, sale.key, Number(row?.['epoch']), 'stock');
  await redis.hset(key, '1', ((await redis.hget(key, '1')) ?? '').replace(/^10 10 7 2/, '10 10 8 2'));
}

/** `npm run audit`, as the command line runs it. */
function command(...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, HOLDFAST_URL: app.url, ADMIN_API_KEY: ADMIN_KEY };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/run.mjs', 'audit', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

describe('GET /v1/admin/ledger/check', () => {
  it('says what was compared, and that it agrees', async () => {
    const sale = await sold();
    const { status, body } = await check(sale);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        left: 0,
        items: [{ saleId: sale.id, verdict: 'agrees', why: null, epoch: 1, findings: [], findingsTotal: 0 }],
      },
    });
    expect(body.items[0]).toMatchObject({
      looks: 1,
      compared: { skus: 1, units: 10, holds: 1, rows: 1, soldUnits: 1 },
    });
  });

  it('names what does not agree, of one sale and among all', async () => {
    const [right, wrong] = [await sold(), await sold()];
    await tamper(wrong);
    expect((await check(wrong)).body.items).toMatchObject([
      {
        verdict: 'drift',
        findings: [
          { kind: 'sums', text: expect.stringContaining('available 8 + held 2') as string },
          { kind: 'marks' },
        ],
      },
    ]);
    const all = must(200, await admin('GET', 'check')).body.items as unknown as { saleId: string; verdict: string }[];
    const verdicts = new Map(all.map(({ saleId, verdict }) => [saleId, verdict]));
    expect([verdicts.get(right.id), verdicts.get(wrong.id)]).toEqual(['agrees', 'drift']);
    must(200, await repair(wrong, { dryRun: false }));
  });

  it('compares nothing of a draft, and knows no other sale', async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const body = {
      name: 'A draft',
      slug: 'a-draft',
      currency: 'EUR',
      skus: [{ name: 'x', unitPrice: 1, capacity: 1 }],
    };
    const draft = must(
      201,
      await site.client.send(app.url, { method: 'POST', path: '/v1/admin/sales', headers, body }),
    ).body;
    expect((await check(draft)).body.items).toMatchObject([{ verdict: 'not-compared', epoch: null }]);
    expect(await repair(draft)).toMatchObject({
      status: 409,
      body: { code: 'sale-state-conflict', reason: 'sale-is-draft' },
    });
    expect(await check({ id: 'sale_0000000000' })).toMatchObject({ status: 404, body: { code: 'sale-not-found' } });
    expect(await repair({ id: 'sale_0000000000' })).toMatchObject({ status: 404, body: { code: 'sale-not-found' } });
    expect(await check({ id: 'nonsense' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '?saleId' }] } });
  });
});

describe('POST /v1/admin/ledger/repair', () => {
  it('says what it would do, and changes nothing unless told to', async () => {
    const sale = await sold();
    await tamper(sale);
    const { status, body } = await repair(sale);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { dryRun: true, outcome: 'dry-run', before: { verdict: 'drift' } },
    });
    expect((body as unknown as { steps: string[] }).steps).toEqual([
      'Epoch 1 ends: nothing that was decided in it is written any more. Until epoch 2 is open, callers are answered 503.',
      'Redis is built from Postgres: 1 SKUs and 1 holds.',
      'SKU 1: available 8 becomes 7.',
    ]);
    expect(await sql('SELECT epoch FROM sales WHERE id = $1', sale.id)).toEqual([{ epoch: 1 }]);
    expect((await check(sale)).body.items).toMatchObject([{ verdict: 'drift' }]);

    expect(await repair(sale, { dryRun: false })).toMatchObject({
      status: 200,
      body: { dryRun: false, outcome: 'rebuilt' },
    });
    expect((await check(sale)).body.items).toMatchObject([{ verdict: 'agrees', epoch: 2 }]);
    await site.untilCounts(sale, '7 2 0 1 / 10');
    expect(
      await sql(`SELECT action, reason, before FROM audit WHERE subject = $1 AND action LIKE 'ledger%'`, sale.id),
    ).toEqual([{ action: 'ledger.repair', reason: 'a test', before: { epoch: 1, verdict: 'drift', findings: 2 } }]);
  });

  it('refuses a Postgres that has forgotten orders, unless that is accepted', async () => {
    const sale = await sold();
    await sql('DELETE FROM sold_units WHERE sku_id = $1', sale.skus[0]);
    expect((await check(sale)).body.items).toMatchObject([{ verdict: 'postgres-older' }]);
    expect(await repair(sale, { dryRun: false })).toMatchObject({
      ...{ status: 409, body: { code: 'sale-state-conflict', reason: 'postgres-older' } },
    });
    expect(await repair(sale, { dryRun: false, acceptOlderPostgres: true })).toMatchObject({
      body: { outcome: 'rebuilt' },
    });
    await site.untilCounts(sale, '8 2 0 0 / 10');
  });

  it('wants to know why', async () => {
    const sale = await site.sale({ skus: [1] });
    expect(await admin('POST', 'repair', { saleId: sale.id })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/reason' }] },
    });
  });
});

describe('npm run audit', () => {
  it('prints a table, and ends with 1 where a sale does not agree', async () => {
    const sale = await sold();
    const right = await command(sale.id);
    expect(right).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 of 1 sales compared, 0 do not agree') as string,
    });
    expect(right.output).toMatch(new RegExp(`${sale.id} +agrees +1 +1 +10 +1 +1 +1 +0 +0`));
    await tamper(sale);
    const wrong = await command();
    expect(wrong).toMatchObject({
      code: 1,
      output: expect.stringContaining('  sums: SKU 1: available 8 + held 2') as string,
    });
    expect(await command('sale_0000000000')).toMatchObject({
      code: 1,
      output: expect.stringContaining('404 sale-not-found') as string,
    });
    must(200, await repair(sale, { dryRun: false }));
    await eventually('all agree', async () => (await command()).code === 0);
  });
});
