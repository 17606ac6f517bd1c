import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const PAGE = 256;
const VERSION = 9;
const supply = (sale: LedgerSale, ordinal: number, ...pages: string[]): Promise<string[]> =>
  sale.run('supply', ordinal, VERSION, 0, '', 0, 1, ...pages);

/** Counters of a SKU as lua/fragments/stock.lua names them, without limit, version and excess. */
async function stockOf(sale: LedgerSale, ordinal: number): Promise<string | undefined> {
  const { stock = {} } = await sale.state();
  return stock[ordinal]?.split(' ').slice(0, 8).join(' ');
}

describe('supply', () => {
  it('makes a SKU that is new here: each unit is counted as what it is', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await supply(sale, 2, '1b-1')).toEqual(['ok']);
    expect(await stockOf(sale, 2)).toBe('4 3 2 0 0 0 1 0');
    expect((await sale.state()).units).toMatchObject({ '2:0': '1b-1' });
  });

  it('refuses units without counters, and takes them for nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 5 }] });
    await harness.connection.redis.hdel(sale.redisKey('stock'), '2');
    const before = await sale.state();
    await expect(supply(sale, 2, '11111')).rejects.toThrow();
    expect(await sale.state()).toEqual(before);
  });

  it('puts back what was blocked and what was withdrawn', async () => {
    const sale = await harness.sale({ skus: [{ units: 5, withdrawn: [4], blocked: [5] }] });
    expect(await stockOf(sale, 1)).toBe('5 4 3 0 0 0 1 0');
    await supply(sale, 1, '11111');
    expect(await stockOf(sale, 1)).toBe('5 5 5 0 0 0 0 0');
  });

  it.each([
    ['fewer units than are here', '111'],
    ['a unit withdrawn that is on sale here', '111-1'],
    ['a unit withdrawn that is held here', '-1111'],
    ['a unit blocked that is held here', 'b1111'],
  ])('refuses what has %s, and changes nothing', async (_what, page) => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x1' });
    const before = await sale.state();
    await expect(supply(sale, 1, page)).rejects.toThrow();
    expect(await sale.state()).toEqual(before);
  });

  it('looks for free units from where one came back, and from where it was when none did', async () => {
    const sale = await harness.sale({ skus: [{ units: PAGE + 44, blocked: [1] }] });
    await sale.reserve({ id: 'a', lines: `1x${PAGE}` });
    const all = ['1'.repeat(PAGE), '1'.repeat(44)] as const;
    expect(await stockOf(sale, 1)).toBe('300 300 43 256 0 0 1 1');
    await sale.run('supply', 1, VERSION, 0, '', 1, 1, all[1]);
    await supply(sale, 1, `b${all[0].slice(1)}`, all[1]);
    expect(await stockOf(sale, 1)).toBe('300 300 43 256 0 0 1 1');
    await supply(sale, 1, ...all);
    expect(await stockOf(sale, 1)).toBe('300 300 44 256 0 0 0 0');
    expect(await sale.reserve({ id: 'b', lines: '1x1', customer: 'bob' })).toEqual(['decided 1#1']);
  });
});
