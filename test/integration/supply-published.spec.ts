import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const setStatus = (sale: LedgerSale, status: 'draft' | 'open'): Promise<unknown> =>
  harness.postgres.query('UPDATE sales SET status = $2::"SaleStatus" WHERE id = $1', [sale.id, status]);

/** Each takes units out of a SKU of ten. */
const COMMANDS: [string, (sale: LedgerSale) => Promise<void>][] = [
  ['a block', (sale) => harness.supply.block(sale, [1, 2])],
  ['a lower capacity', (sale) => harness.supply.capacity(sale, 4)],
  ['a release schedule', (sale) => harness.supply.plan(sale, [1e9, 6])],
];

describe('a draft that is published and sold while a command looks at it', () => {
  it.each(COMMANDS)('loses no unit that a buyer has to %s', async (_, command) => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    await setStatus(sale, 'draft');
    const transaction = harness.postgres.transaction.bind(harness.postgres);
    jest.spyOn(harness.postgres, 'transaction').mockImplementationOnce(async (...call) => {
      jest.restoreAllMocks();
      await setStatus(sale, 'open');
      await sale.reserve({ id: 'a', lines: '1x8' });
      return transaction(...call);
    });
    await expect(command(sale)).rejects.toMatchObject({ code: 'store-unavailable' });
    await sale.supplied();
    expect(await sale.counts()).toEqual(['2 8 0 0 0 / 10']);
    await sale.pin('a');
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(['2 0 8 0 0 / 10']);
    await sale.supplied();
  });
});
