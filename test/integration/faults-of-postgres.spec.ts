import pg from 'pg';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// Rows P2, P3, P4 and P7 of the fault table in RELIABILITY.md.
let site: Site;
let sale: TestSale;
let psql: pg.Client;
beforeAll(async () => {
  site = await Site.all({ env: { PG_POOL_MAX: '3' } });
  psql = new pg.Client({ connectionString: site.databaseUrl });
  await psql.connect();
});
beforeEach(async () => {
  sale = await eventually('a sale is open', () => site.sale({ skus: [200], unitsPerCustomerMax: null }));
});
afterAll(async () => {
  await psql.end();
  await site.close();
});

/** A hold, however busy the pool is: the same key again is the same request. */
const held = (customerId: string, quantity = 1): Promise<string> =>
  eventually(`${customerId} holds`, async () => {
    const body = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity }] };
    const answer = await site.shop().reserve(sale.id, body, { key: customerId, wait: 10 });
    return answer.body.status === 'held' && answer.body.id;
  });

const confirmed = (id: string): Promise<Answer> =>
  eventually(`${id} is ordered`, async () => {
    const answer = await site.shop().confirm(id, `pay_${id}`);
    return answer.status < 300 && answer;
  });

describe('a pool of three connections', () => {
  it('serves fifty buyers at once, to the order', async () => {
    const orders = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => confirmed(await held(`customer ${i}`))),
    );
    expect(new Set(orders.map(({ body }) => body.id)).size).toBe(50);
    await site.untilCounts(sale, '150 0 0 50 / 200');
  });
});

describe('a lock that somebody holds', () => {
  it('delays the payment that needs it, and nobody else; a repeat orders once', async () => {
    const [ann, bob] = [await held('ann'), await held('bob')];
    for (const id of [ann, bob]) must(200, await site.shop().checkout(id));
    await psql.query('BEGIN');
    await psql.query('SELECT 1 FROM reservations WHERE id = $1 FOR UPDATE', [ann]);
    expect((await site.shop().confirm(ann, `pay_${ann}`)).status).toBe(503);
    await confirmed(bob);
    await psql.query('COMMIT');
    await confirmed(ann);
    await site.untilCounts(sale, '198 0 0 2 / 200');
  });
});

describe('payments that arrive together, each of several units', () => {
  it('lock in one order, whatever the order of their arrival: none is lost to a deadlock', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => held(`customer ${i}`, 3)));
    const answers = await Promise.all([...ids, ...[...ids].reverse()].map(confirmed));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
    const { rows } = await psql.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
    expect(rows).toEqual([{ deadlocks: 0 }]);
    await site.untilCounts(sale, '140 0 0 60 / 200');
  });
});

describe('connections that the server ends', () => {
  it('are made anew, and no caller needs to know', async () => {
    const id = await held('ann');
    await psql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    await confirmed(id);
    await held('bob');
    await site.untilCounts(sale, '198 1 0 1 / 200');
  });
});
