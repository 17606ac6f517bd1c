import { Redis } from 'ioredis';
import pg from 'pg';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { Buyer, type Story } from './buyer.js';
import { auditLedger } from './ledger-audit.js';
import type { Stores } from './ledger-snapshot.js';
import { Site } from './site.js';
import type { TestSale } from './test-sale.js';

// An audit that finds nothing wrong is worth as much as its ability to find something.
let site: Site;
let stores: Stores;
let sale: TestSale;
let stories: Story[];
beforeAll(async () => {
  site = await Site.all();
  const { databaseUrl, redisUrl, keyPrefix } = site.stores;
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  stores = { postgres: new pg.Client({ connectionString: databaseUrl, types }), redis: new Redis(redisUrl), keyPrefix };
  await stores.postgres.connect();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [10, ['A-1', 'A-2']] });
  const buyers = await Promise.all(['held', 'checkout', 'confirm', 'release'].map(buy));
  stories = buyers.map(({ story }) => story);
});
afterAll(async () => {
  stores.redis.disconnect();
  await stores.postgres.end();
  await site.close();
});

async function buy(step: string): Promise<Buyer> {
  const buyer = new Buyer(site.shop(), step, 'cart');
  await buyer.reserve(sale.id, { lines: [{ skuId: sale.skus[0]!, quantity: 2 }] });
  if (step === 'checkout' || step === 'confirm' || step === 'release') await buyer[step]();
  return buyer;
}

const idOf = (customer: string): string => stories.find(({ customerId }) => customerId === customer)?.id ?? '';
const sql = (text: string, ...values: unknown[]): Promise<unknown> => stores.postgres.query(text, values);
const key = async (name: 'holds' | 'stock' | 'units' | 'customer-units' | 'due'): Promise<string> => {
  const { rows } = await stores.postgres.query<{ epoch: number }>('SELECT epoch FROM sales WHERE id = $1', [sale.id]);
  return saleKey(stores.keyPrefix, sale.key, rows[0]?.epoch ?? 0, name);
};

describe('the audit', () => {
  it('finds nothing in a ledger that is right', async () => {
    const { findings, figures } = await auditLedger(stores, sale, stories);
    expect({ findings, figures }).toEqual({ findings: [], figures: { held: 2, checkout: 2, sold: 2, orders: 1 } });
  });

  it.each<[string, RegExp, () => Promise<unknown>]>([
    [
      'a unit with two owners',
      /^unit 1#\d+ is .* and held to/,
      () =>
        sql(
          'UPDATE reservations SET lines = (SELECT lines FROM reservations WHERE id = $2) WHERE id = $1',
          ...[idOf('held'), idOf('confirm')],
        ),
    ],
    [
      'a unit that was sold and is not',
      /name other units/,
      () => sql('DELETE FROM sold_units WHERE reservation_id = $1', idOf('confirm')),
    ],
    [
      'an order that is gone',
      /is confirmed without an order/,
      async () => {
        await sql('DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE sale_id = $1)', sale.id);
        await sql('DELETE FROM orders WHERE sale_id = $1', sale.id);
      },
    ],
    [
      'a hold that Redis lost',
      /is held in Postgres and unknown to Redis/,
      async () => stores.redis.hdel(await key('holds'), idOf('held').slice(-32)),
    ],
    [
      'a hold that Postgres never had',
      /is held in Redis and not in Postgres/,
      () => sql(`UPDATE reservations SET status = 'released' WHERE id = $1`, idOf('held')),
    ],
    ['a deadline that is missing', /^the deadlines are not/, async () => stores.redis.del(await key('due'))],
    [
      'a counter that is wrong',
      /^SKU 2 counts/,
      async () => stores.redis.hset(await key('stock'), '2', '2 2 1 0 0 0 0 0 0'),
    ],
    [
      'a unit that is marked wrongly',
      /^unit 2#1 is marked 0/,
      async () => stores.redis.hset(await key('units'), '2:0', '01'),
    ],
    [
      'a customer who is counted wrongly',
      /^held is counted with 1=9/,
      async () => stores.redis.hset(await key('customer-units'), 'held', '1=9'),
    ],
    [
      'a customer who was told what is not so',
      /^release .* was told held, and the row says released/,
      async () => Object.assign(stories[3]!, { standing: 'held' }),
    ],
    [
      'a customer who was told of other units',
      /^held .* was told of other units/,
      async () => Object.assign(stories[0]!, { units: ['x:1'] }),
    ],
    [
      'a customer who was told of another order',
      /^confirm .* was told of order ord_x/,
      async () => Object.assign(stories[2]!, { orderId: 'ord_x' }),
    ],
    [
      'a customer who was refused and holds',
      /^held .* was refused: sold-out, and is held/,
      async () => Object.assign(stories[0]!, { standing: 'refused: sold-out' }),
    ],
    [
      'a customer who was never answered',
      /^held .* was never told an outcome/,
      async () => Object.assign(stories[0]!, { standing: 'queued' }),
    ],
    ['a hold that nobody asked for', /is held and nobody was told/, async () => stories.shift()],
  ])('finds %s', async (_what, finding, tamper) => {
    await tamper();
    const { findings } = await auditLedger(stores, sale, stories);
    expect(findings).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
  });
});
