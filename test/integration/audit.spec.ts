import { AuditParts } from '../audit-parts.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';
import { AT, counters, edit, eventfulSale, mark, move } from '../tampering.js';

let harness: LedgerHarness;
let audits: AuditParts;
beforeAll(async () => {
  harness = await LedgerHarness.open();
  audits = new AuditParts(harness);
});
afterAll(() => harness.close());

const redis = () => harness.connection.redis;
const sql = (text: string, ...values: unknown[]): Promise<unknown> => harness.postgres.query(text, values);
const eventful = (): Promise<LedgerSale> => eventfulSale(harness);

describe('an audit', () => {
  it('finds nothing in a ledger that is right, and says what it has compared', async () => {
    const sale = await eventful();
    const audited = await audits.run(sale);
    expect(audited).toMatchObject({ verdict: 'agrees', epoch: 1, findings: [], looks: 1 });
    expect(audited.compared).toEqual({
      ...{
        skus: 2,
        units: 306,
        holds: 2,
        rows: 2,
        soldUnits: 3,
        withdrawnUnits: 2,
        skusLeft: 0,
        countersOfHolds: true,
      },
    });
  });

  it.each<[string, RegExp, (sale: LedgerSale) => Promise<unknown>]>([
    [
      'a capacity that is too large',
      /^sums: SKU 1: .*capacity is 301/,
      (sale) =>
        edit(
          sale,
          'stock',
          '1',
          counters((c) => (c[AT.capacity] = 301)),
        ),
    ],
    [
      'a counter that was changed',
      /^sums: SKU 1: available 293 /,
      (sale) =>
        edit(
          sale,
          'stock',
          '1',
          counters((c) => (c[AT.available] = 293)),
        ),
    ],
    [
      'a counter below zero',
      /^sums: SKU 2: a counter is below zero/,
      (sale) =>
        edit(
          sale,
          'stock',
          '2',
          counters((c) => {
            c[AT.held] = -1;
            c[AT.available] = (c[AT.available] ?? 0) + 1;
          }),
        ),
    ],
    ['a SKU without counters', /^sums: SKU 2 is in Postgres/, (sale) => redis().hdel(sale.redisKey('stock'), '2')],
    [
      'counters that cannot be read',
      /^sums: SKU 2 has no counters/,
      (sale) => edit(sale, 'stock', '2', () => 'nonsense'),
    ],
    [
      'units that are counted as held and are in checkout',
      /^counters: SKU 1 counts 1 held and 3 in checkout; the holds have 2 and 2/,
      (sale) => edit(sale, 'stock', '1', move(AT.held, AT.checkout)),
    ],
    [
      'a unit that is marked as available and is held',
      /^hold: the hold rsv_\S+ holds unit 1#1, which is not marked/,
      (sale) => edit(sale, 'units', '1:0', mark(1, '1')),
    ],
    [
      'a unit that is marked as blocked',
      /^marks: SKU 1 is marked 293 available, 6 taken, 1 blocked/,
      (sale) => edit(sale, 'units', '1:0', mark(200, 'b')),
    ],
    [
      'a page of units that is gone',
      /^marks: SKU 1 has marks for 256 units, and 300 numbers/,
      (sale) => redis().hdel(sale.redisKey('units'), '1:1'),
    ],
    [
      'units that are never looked for',
      /^marks: SKU 1: unit 7 is available, and is looked for from page 1/,
      (sale) =>
        edit(
          sale,
          'stock',
          '1',
          counters((c) => (c[AT.cursor] = 1)),
        ),
    ],
    [
      'a note of a unit that is on sale',
      /^marks: SKU 1: unit 200 is noted as withdrawn, and marked 1/,
      (sale) => redis().hset(sale.redisKey('withdrawn'), '1:0', mark(200, '-')('.'.repeat(256))),
    ],
    [
      'a unit that is taken for nobody',
      /^no-owner: unit 1#200 is taken in Redis, and nobody has it/,
      async (sale) => {
        await edit(sale, 'units', '1:0', mark(200, '0'));
        await edit(sale, 'stock', '1', move(AT.available, AT.held));
      },
    ],
    [
      'a unit that is on sale again and sold',
      /^on-sale: unit 1#5 is available in Redis, and sold in Postgres/,
      async (sale) => {
        await edit(sale, 'units', '1:0', mark(5, '1'));
        await edit(sale, 'stock', '1', move(AT.sold, AT.available));
      },
    ],
    [
      'a unit that is on sale again and withdrawn',
      /^on-sale: unit 2#2 is available in Redis, and withdrawn/,
      async (sale) => {
        await edit(sale, 'units', '2:0', mark(2, '1'));
        await edit(sale, 'stock', '2', move(AT.blocked, AT.available));
      },
    ],
    [
      'a unit that is blocked in Redis alone',
      /^withdrawn: unit 2#5 is marked b in Redis/,
      async (sale) => {
        await edit(sale, 'units', '2:0', mark(5, 'b'));
        await edit(sale, 'stock', '2', move(AT.available, AT.blocked));
      },
    ],
    [
      'a hold that Redis lost',
      /^journal: rsv_\S+held_+: Redis knows of no hold; Postgres held v2/,
      (sale) => redis().hdel(sale.redisKey('holds'), sale.tail('held')),
    ],
    [
      'all holds lost',
      /^journal: rsv_\S+pinned_+: Redis knows of no hold; Postgres checkout v3/,
      (sale) => redis().del(sale.redisKey('holds')),
    ],
    [
      'a hold that Postgres has ended',
      /^journal: rsv_\S+: Redis says held v2 of 1#1,2; Postgres released v2/,
      (sale) => sql(`UPDATE reservations SET status = 'released' WHERE id = $1`, sale.rowId('held')),
    ],
    [
      'a hold that Postgres never had',
      /^journal: rsv_\S+: Redis says held v2 of 1#1,2; Postgres has no such row/,
      (sale) => sql('DELETE FROM reservations WHERE id = $1', sale.rowId('held')),
    ],
    [
      'a hold of other units than its row',
      /^journal: rsv_\S+: Redis says held v2 of 1#1,2; Postgres held v2 of 1#5/,
      (sale) =>
        sql("UPDATE reservations SET lines = jsonb_set(lines, '{0,units}', '[5]') WHERE id = $1", sale.rowId('held')),
    ],
    [
      'a row of a unit that is sold',
      /^two-owners: unit 1#5 is sold, and held or pinned/,
      (sale) =>
        sql("UPDATE reservations SET lines = jsonb_set(lines, '{0,units}', '[5]') WHERE id = $1", sale.rowId('held')),
    ],
    [
      'a pin that Postgres has not',
      /^journal: rsv_\S+: Redis says checkout v3 .* Postgres held v2/,
      async (sale) => {
        await sql(`UPDATE reservations SET status = 'held', version = 2 WHERE id = $1`, sale.rowId('pinned'));
        await redis().del(sale.redisKey('pins'));
      },
    ],
    [
      'a unit in two holds',
      /^two-owners: unit 1#1 is in two holds/,
      (sale) => edit(sale, 'holds', sale.tail('pinned'), (text) => text.replace('3,4', '1,4')),
    ],
    [
      'a hold that cannot be read',
      /^hold: the hold rsv_\S+ cannot be read/,
      (sale) => edit(sale, 'holds', sale.tail('held'), () => 'nonsense'),
    ],
    [
      'a hold that never expires',
      /^hold: the hold rsv_\S+held_+ has not the deadline/,
      (sale) => redis().del(sale.redisKey('due')),
    ],
    [
      'a pin with a deadline',
      /^hold: the hold rsv_\S+pinned_+ is pinned, and has a deadline/,
      (sale) => redis().zadd(sale.redisKey('due'), '1', sale.tail('pinned')),
    ],
    [
      'a key of another type',
      /^marks: a key of the sale cannot be read/,
      async (sale) => {
        await redis().del(sale.redisKey('units'));
        await redis().set(sale.redisKey('units'), 'no hash');
      },
    ],
  ])('finds %s, and a rebuild heals it', async (_what, finding, tamper) => {
    const sale = await eventful();
    await tamper(sale);
    const [verdict, ...findings] = await audits.findings(sale);
    expect({ verdict, found: findings.filter((text) => finding.test(text)).length, findings }).toMatchObject({
      verdict: 'drift',
      found: 1,
    });
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(1);
    await sale.balanced();
    expect(await audits.findings(sale)).toEqual(['agrees']);
  });

  it.each<[string, RegExp, (sale: LedgerSale) => Promise<unknown>]>([
    [
      'an order',
      /SKU 1: Redis has sold 2 units, and Postgres knows of 0/,
      (sale) => sql('DELETE FROM sold_units WHERE sku_id = $1', sale.skuId(1)),
    ],
    [
      'a change of the stock',
      /SKU 2: Redis has version 4 of its stock, Postgres 0/,
      (sale) =>
        edit(
          sale,
          'stock',
          '2',
          counters((c) => (c[AT.version] = 4)),
        ),
    ],
    [
      'a change of the sale',
      /Redis has revision 9 of the sale's settings, Postgres 1/,
      (sale) => redis().hset(sale.redisKey('meta'), 'revision', 9),
    ],
  ])('knows a Postgres that has forgotten %s: nothing may be rebuilt from it', async (_what, finding, forget) => {
    const sale = await eventful();
    await forget(sale);
    const [verdict, ...findings] = await audits.findings(sale);
    expect(verdict).toBe('postgres-older');
    expect(findings.join('\n')).toMatch(finding);
  });

  it('has the guardian refuse a rebuild that would sell units again, until Postgres knows them', async () => {
    const sale = await eventful();
    await sql(
      `CREATE TABLE aside AS SELECT * FROM sold_units WHERE sku_id = '${sale.skuId(1)}'; DELETE FROM sold_units WHERE sku_id = '${sale.skuId(1)}'`,
    );
    harness.guardian.suspect(sale.id, 1);
    expect(await sale.rebuild()).toBe(0);
    await sql(`UPDATE sales SET redis_run_id = 'another' WHERE id = $1`, sale.id);
    expect(await sale.rebuild()).toBe(0);
    expect(await sale.epoch()).toBe(1);
    await sql('INSERT INTO sold_units SELECT * FROM aside');
    expect(await sale.rebuild()).toBe(1);
    expect(await audits.findings(sale)).toEqual(['agrees']);
  });

  it('leaves a sale alone whose state is out of reach', async () => {
    const sale = await eventful();
    await sale.loseRedis();
    expect(await audits.run(sale)).toMatchObject({ verdict: 'not-compared', findings: [], compared: null });
    await sale.rebuild();
  });
});
