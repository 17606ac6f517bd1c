import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const partial = (
  id: string,
  lines: string,
  customer = 'ann',
): { id: string; lines: string; customer: string; mode: 'partial' } => ({
  ...{ id, lines, customer, mode: 'partial' },
});

describe('a partial request', () => {
  it('gets what there is of each line', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }, { units: 5 }] });
    expect(await sale.decide(partial('a', '1x3 2x1'))).toEqual(['decided 1#1,2 2#1']);
    expect((await sale.holdOf('a'))?.lines.map(({ requested }) => requested)).toEqual([3, 1]);
    await sale.balanced();
  });

  it('keeps a line that got nothing, empty', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }, { units: 5 }] });
    expect(await sale.decide(partial('a', '1x1', 'bob'), partial('b', '1x2 2x2'))).toEqual([
      'decided 1#1',
      'decided 1# 2#1,2',
    ]);
    expect(await sale.announce('b')).toEqual(['held']);
    expect(await sale.run('release', sale.tail('b'))).toMatchObject({ 0: 'released' });
    await sale.balanced();
  });

  it('is trimmed by stock across several lines of one SKU', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    expect(await sale.decide(partial('a', '1x2 1x2'))).toEqual(['decided 1#1,2 1#3']);
    await sale.balanced();
  });

  it('gets a line of named units whole or not at all', async () => {
    const sale = await harness.sale({ skus: [{ units: 6 }] });
    await sale.decide({ id: 'x', lines: '1#2', customer: 'bob' });
    expect(await sale.decide(partial('a', '1#1,2 1#3,4'))).toEqual(['decided 1# 1#3,4']);
    expect(await sale.decide(partial('b', '1x4 1#1'))).toEqual(['decided 1#5,6 1#1']);
    await sale.balanced();
  });

  it('is trimmed by the limit of the sale, and named lines come first', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }, { units: 9 }], perCustomerMax: 3 });
    expect(await sale.decide(partial('a', '1x2 2#5,6'))).toEqual(['decided 1#1 2#5,6']);
    await sale.balanced();
  });

  it('is trimmed by the limit of a SKU alone', async () => {
    const sale = await harness.sale({ skus: [{ units: 9, perCustomerMax: 2 }, { units: 9 }], perCustomerMax: 6 });
    expect(await sale.decide(partial('a', '1x5 2x3'))).toEqual(['decided 1#1,2 2#1,2,3']);
    expect(await sale.decide(partial('b', '1x5 2x3'))).toEqual(['decided 1# 2#4']);
    await sale.balanced();
  });

  it('gets no part of named units that the limit does not allow', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }], perCustomerMax: 2 });
    expect(await sale.decide(partial('a', '1#1,2,3'))).toEqual(['refused customer-limit-reached 2 0 0 ']);
    expect(await sale.decide(partial('b', '1#1,2,3 1x1'))).toEqual(['decided 1# 1#1']);
    await sale.balanced();
  });

  it('is refused with the limit that left no room, the SKU’s or the sale’s', async () => {
    const sale = await harness.sale({ skus: [{ units: 9, perCustomerMax: 1 }, { units: 9 }], perCustomerMax: 2 });
    await sale.reserve({ id: 'a', lines: '1x1' });
    expect(await sale.decide(partial('b', '1x2'))).toEqual([`refused customer-limit-reached 1 1 0 ${sale.tail('a')}`]);
    await sale.reserve({ id: 'c', lines: '2x1' });
    expect(await sale.decide(partial('d', '2x2'))).toEqual([
      `refused customer-limit-reached 2 2 0 ${sale.tail('a')},${sale.tail('c')}`,
    ]);
    await sale.balanced();
  });

  it('is refused with the stock of every line when nothing of it is there', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }, { units: 1 }] });
    await sale.decide({ id: 'x', lines: '1x1 2x1', customer: 'bob' });
    expect(await sale.decide(partial('a', '1x1 2#1'))).toEqual([
      `refused units-unavailable 2:1:0:1:${harness.now + 600_000}:1 1:1:0:1:${harness.now + 600_000}:`,
    ]);
    await sale.balanced();
  });
});
