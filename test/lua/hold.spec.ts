import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('hold', () => {
  it('takes the lowest numbers', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' })).toEqual([
      'decided 1#1,2',
      'decided 1#3,4',
    ]);
    await sale.balanced();
    expect(await sale.journal('a')).toEqual(['journalled']);
    expect(await sale.announce('a')).toEqual(['held']);
    await sale.balanced();
    await sale.sell('a');
    await sale.balanced();
    expect(await sale.counts()).toEqual(['1 2 0 2 0 / 5']);
  });
});
