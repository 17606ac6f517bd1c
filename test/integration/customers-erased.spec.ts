import { Redis } from 'ioredis';
import pg from 'pg';
import { CustomerRequestRecords } from '../../src/forgetting/customer-requests.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY, type Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let running: RunningApp;
let shop: Storefront;
let sale: TestSale;
let postgres: pg.Client;
let redis: Redis;
beforeAll(async () => {
  site = await Site.open();
  running = await site.start();
  shop = site.shop();
  postgres = new pg.Client({ connectionString: site.stores.databaseUrl });
  redis = new Redis(site.stores.redisUrl);
  await postgres.connect();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [5, 2], unitsPerCustomerMax: 4 });
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  redis.disconnect();
  await postgres.end();
  await site.close();
});

const call = (method: string, customerId: string, path: string, body?: object): Promise<Answer> =>
  site.client.send(running.url, {
    ...{ method, path: `/v1/admin/customers/${encodeURIComponent(customerId)}${path}` },
    ...{ headers: { authorization: `Bearer ${ADMIN_KEY}` }, body },
  });
const erase = (customerId: string, dryRun = false): Promise<Answer> =>
  call('POST', customerId, '/erase', { reason: 'asked to be forgotten', dryRun });

/** Until every fact about them is delivered. */
const untilIdle = (customerId: string): Promise<unknown> =>
  eventually(`nothing of ${customerId} is under way`, async () => {
    const { body } = must(200, await erase(customerId, true));
    return (body as unknown as { blockedBy: string[] }).blockedBy.length === 0;
  });

interface Exported {
  kind: string;
  id: string;
  record: Record<string, unknown>;
}

/** All pages, of so many records each. */
async function exported(customerId: string, limit = 2): Promise<Exported[]> {
  const items: Exported[] = [];
  for (let cursor = ''; ;) {
    const { body } = must(200, await call('GET', customerId, `/export?limit=${limit}${cursor}`));
    items.push(...(body.items as unknown as Exported[]));
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

/** Everything that both stores have, as text. */
async function everything(): Promise<string> {
  const { rows } = await postgres.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const texts: string[] = [];
  for (const { name } of rows) texts.push(JSON.stringify((await postgres.query(`SELECT * FROM ${name}`)).rows));
  for (const key of await redis.keys(`${site.stores.keyPrefix}*`)) texts.push(key, await textOf(key));
  return texts.join('\n');
}

async function textOf(key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
  if (type === 'string') return (await redis.get(key)) ?? '';
  if (type === 'list') return JSON.stringify(await redis.lrange(key, 0, -1));
  if (type === 'zset') return JSON.stringify(await redis.zrange(key, '0', '-1'));
  return type === 'set' ? JSON.stringify(await redis.smembers(key)) : JSON.stringify(await redis.xrange(key, '-', '+'));
}

/** A customer who has bought, given back with words of their own, and been refused. */
async function busyCustomer(
  customerId: string,
): Promise<{ sold: string; freed: string; order: string; refused: string }> {
  const [ga = '', stalls = ''] = sale.skus;
  const asked = { customerId, metadata: { note: `for ${customerId}` } };
  const ask = async (key: string, skuId: string, quantity: number): Promise<Answer> =>
    shop.reserve(sale.id, { ...asked, lines: [{ skuId, quantity }] }, { key, wait: 10 });
  const sold = must(201, await ask('k1', ga, 2)).body.id;
  const order = must(201, await shop.confirm(sold, `pay-of-${sold}`)).body.id;
  const freed = must(201, await ask('k2', stalls, 1)).body.id;
  must(200, await shop.end(freed, `?reason=${encodeURIComponent(`${customerId} changed her mind`)}`));
  const refused = must(409, await ask('k3', ga, 4)).body.reservationId;
  await site.untilCounts(sale, '3 0 0 2 / 5', '2 0 0 0 / 2');
  await untilIdle(customerId);
  return { sold, freed, order, refused };
}

describe('an export', () => {
  it('has all that the stores have of a customer, in pages, and nothing of anybody else', async () => {
    const ann = await busyCustomer('ann of the export');
    await site.held(sale, 'bob of the export');
    must(
      200,
      await site.client.send(running.url, {
        ...{ method: 'POST', path: `/v1/orders/${ann.order}/cancel`, body: { restock: false, reason: 'called' } },
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      }),
    );
    for (const limit of [1, 2, 500]) {
      const items = await exported('ann of the export', limit);
      expect(items.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
        [
          ...[`audit ${ann.order}`, `order ${ann.order}`, `payment ${ann.sold}`],
          ...[`request ${ann.refused}`, `reservation ${ann.freed}`, `reservation ${ann.sold}`],
          ...Array.from({ length: 2 }, () => `transition ${ann.freed}`),
          ...Array.from({ length: 4 }, () => `transition ${ann.sold}`),
        ].sort(),
      );
      const of = (id: string): Record<string, unknown> => items.find((item) => item.id === id)!.record;
      expect(of(ann.freed)).toMatchObject({ status: 'released', metadata: { note: 'for ann of the export' } });
      expect(of(ann.refused)).toMatchObject({ status: 'rejected', problem: { code: 'customer-limit-reached' } });
    }
    expect(await exported('nobody')).toEqual([]);
  });

  it.each(['x', Buffer.from('["order",1]').toString('base64url'), Buffer.from('["stock",null]').toString('base64url')])(
    'refuses %s, which is no cursor of its own',
    async (cursor) => {
      const answer = await call('GET', 'ann', `/export?cursor=${cursor}`);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'invalid-request', errors: [{ pointer: '?cursor' }] },
      });
    },
  );
});

describe('an erasure', () => {
  it('leaves the name nowhere in either store, and the books as they were', async () => {
    const name = 'ann who wants to be forgotten';
    const ann = await busyCustomer(name);
    const bob = (await site.held(sale, 'bob')).body;
    const counts = await site.counts(sale);
    expect(await everything()).toContain(name);
    const dry = must(200, await erase(name, true)).body;
    expect(dry).toMatchObject({ dryRun: true, reservations: 2, orders: 1, requests: 3, blockedBy: [] });
    expect((await shop.read(ann.sold)).body.customerId).toBe(name);

    const erased = must(200, await erase(name)).body as unknown as { pseudonym: string };
    expect(erased).toEqual({ ...dry, dryRun: false });
    expect(await everything()).not.toContain(name);
    expect(await site.counts(sale)).toEqual(counts);
    expect((await shop.read(bob.id)).body.customerId).toBe('bob');
    const order = must(200, await shop.order(ann.order)).body;
    expect(order).toMatchObject({
      customerId: erased.pseudonym,
      status: 'confirmed',
      paymentReference: `pay-of-${ann.sold}`,
    });
    expect((await shop.read(ann.freed)).body).toMatchObject({ customerId: erased.pseudonym, metadata: null });
    // The payment's outcome is still the payment's outcome.
    expect(must(200, await shop.confirm(ann.sold, `pay-of-${ann.sold}`)).body.id).toBe(ann.order);
  });

  it('shows the customer nothing any more, and lets them come back as somebody new', async () => {
    const ann = await busyCustomer('ann comes back');
    must(200, await erase('ann comes back'));
    const buyer = await site.buyer('ann comes back');
    for (const id of [ann.sold, ann.freed, ann.refused])
      expect(await buyer.read(id)).toMatchObject({ status: 404, body: { code: 'reservation-not-found' } });
    expect((await buyer.order(ann.order)).status).toBe(404);
    expect((await buyer.orders('')).body.items).toEqual([]);
    expect((await buyer.list(sale.id, '')).body.items).toEqual([]);
    const lines = [{ skuId: sale.skus[0]!, quantity: 2 }];
    for (const key of ['k1', 'k2', 'k3'])
      expect((await buyer.reserve(sale.id, { lines }, { key, wait: 5 })).body.code).toBe('idempotency-key-reused');
    // Units that were bought before count for nobody's limit.
    must(
      201,
      await buyer.reserve(sale.id, { lines: [{ skuId: sale.skus[0]!, quantity: 3 }] }, { key: 'k4', wait: 20 }),
    );
    expect((await exported('ann comes back')).map(({ kind }) => kind)).toEqual(['reservation', 'transition']);
  });

  it('is in the audit log once, under the pseudonym, and the same again when repeated', async () => {
    await busyCustomer('ann twice');
    const first = must(200, await erase('ann twice')).body as unknown as { pseudonym: string };
    expect(must(200, await erase('ann twice')).body).toEqual(first);
    const { rows } = await postgres.query('SELECT action, reason, actor FROM audit WHERE subject = $1', [
      first.pseudonym,
    ]);
    expect(rows).toEqual([
      { action: 'customer.erase', reason: 'asked to be forgotten', actor: expect.stringMatching(/^admin:/) },
    ]);
    expect(must(200, await erase('ann who never was')).body).toMatchObject({ reservations: 0, orders: 0, requests: 0 });
  });

  it('is refused while something is under way, and names it', async () => {
    const held = (await site.held(sale, 'cid')).body.id;
    const refusal = { status: 409, body: { code: 'customer-has-holds', reservationIds: [held] } };
    expect(await erase('cid')).toMatchObject(refusal);
    expect((await erase('cid', true)).body).toMatchObject({ dryRun: true, blockedBy: [held] });
    must(200, await shop.checkout(held));
    expect(await erase('cid')).toMatchObject(refusal);
    expect((await shop.read(held)).body.customerId).toBe('cid');
    must(200, await shop.end(held));
    await untilIdle('cid');
    must(200, await erase('cid'));
  });

  it('that dies between the stores is completed by a repeat', async () => {
    const name = 'ann cut off';
    const ann = await busyCustomer(name);
    jest.spyOn(running.app.get(CustomerRequestRecords), 'erase').mockRejectedValueOnce(new Error('killed'));
    expect((await erase(name)).status).toBe(500);
    expect((await shop.order(ann.order)).body.customerId).toMatch(/^erased_/);
    expect(await everything()).toContain(name);
    must(200, await erase(name));
    expect(await everything()).not.toContain(name);
  });

  it('refuses what would put the name into the log, and says which member is wrong', async () => {
    const wrong = async (customerId: string, body: object): Promise<unknown> => {
      const answer = await call('POST', customerId, '/erase', body);
      return [answer.status, answer.body.errors.map(({ pointer }) => pointer)];
    };
    expect(await wrong('ann', { reason: 'because ann asked' })).toEqual([422, ['/reason']]);
    expect(await wrong('ann', {})).toEqual([422, ['/reason']]);
    expect(await wrong('ann', { reason: 'x', dryRun: 'no' })).toEqual([422, ['/dryRun']]);
    expect(await wrong(`erased_${'0'.repeat(24)}`, { reason: 'x' })).toEqual([422, ['{customerId}']]);
    expect(await wrong(' ann', { reason: 'x' })).toEqual([422, ['{customerId}']]);
    expect(await wrong('x'.repeat(129), { reason: 'x' })).toEqual([422, ['{customerId}']]);
    must(200, await erase('ä/🎟'.repeat(42)));
  });
});
