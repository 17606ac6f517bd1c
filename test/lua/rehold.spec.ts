import { reholdUnits } from '../../src/inventory/rehold.js';
import type { HeldLine } from '../../src/inventory/records.js';
import { LedgerHarness } from '../ledger-harness.js';
import { ownedText } from '../ledger-lines.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/** '1#2,3': the lines of a hold that had these units. */
const linesOf = (text: string): HeldLine[] =>
  text.split(' ').map((line) => {
    const [ordinal, units = ''] = line.split('#');
    const numbers = units === '' ? [] : units.split(',').map(Number);
    return { ordinal: Number(ordinal), unitPrice: 7, requested: 9, named: false, units: numbers };
  });

/** The units that are held now, or why none are. */
async function rehold(sale: LedgerSale, lines: string, customerId = 'ann'): Promise<string> {
  const again = { tail: sale.tail('again'), customerId, lines: linesOf(lines), fingerprint: 'rsv_1 pay_1' };
  const reheld = await reholdUnits(harness.ledger, sale, again);
  await sale.balanced();
  if (reheld.word !== 'held') return reheld.word === 'refused' ? reheld.why : reheld.word;
  const hold = await sale.holdOf('again');
  return hold ? ownedText(hold) : 'nothing';
}

describe('rehold', () => {
  it('takes the same units, at the price that was paid, as a hold that is still to be journalled', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }, { units: 9 }], holdTtlSeconds: 60 });
    expect(await rehold(sale, '1#7,4 2# 2#2')).toBe('1#7,4 2# 2#2');
    expect(await sale.holdOf('again')).toMatchObject({
      ...{ state: 'decided', version: 2, sequence: 1, expiresAt: harness.now + 60_000, customerId: 'ann' },
      lines: linesOf('1#7,4 2# 2#2'),
    });
    expect(await sale.requestOf('again')).toMatchObject({
      ...{ status: 'queued', mode: 'rehold', fingerprint: 'rsv_1 pay_1', queuedAt: harness.now, metadata: null },
      lines: [
        { ordinal: 1, unitPrice: 7, wanted: [7, 4] },
        { ordinal: 2, unitPrice: 7, wanted: [2] },
      ],
    });
    expect(await sale.journal('again')).toEqual(['journalled']);
    expect(await sale.announce('again')).toEqual(['held']);
    expect(await sale.pin('again')).toBe('pinned');
    await sale.balanced();
  });

  it('replaces what is gone by the lowest that are free, and never by what another line still has', async () => {
    const sale = await harness.sale({ skus: [{ units: 9, withdrawn: [1], blocked: [2] }] });
    await sale.reserve({ id: 'other', lines: '1#6,8', customer: 'bob' });
    expect(await rehold(sale, '1#8,2 1#3,6')).toBe('1#4,5 1#3,7');
  });

  it('answers a repeat with the same units', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }] });
    expect(await rehold(sale, '1#3,4')).toBe('1#3,4');
    const before = await sale.state();
    expect(await rehold(sale, '1#3,4')).toBe('1#3,4');
    expect(await sale.state()).toEqual(before);
  });

  it('gives back what is due first', async () => {
    const sale = await harness.sale({ skus: [{ units: 2, perCustomerMax: 2 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'due', lines: '1x2' });
    await sale.advance(60_000);
    expect(await rehold(sale, '1#1,2')).toBe('1#1,2');
  });

  it.each([
    ['sale-closed', { skus: [{ units: 9 }], status: 'closed' as const }],
    ['sale-closed', { skus: [{ units: 9 }], closesInMs: 0 }],
    ['sale-not-open', { skus: [{ units: 9 }], status: 'scheduled' as const, opensInMs: 1_000 }],
    ['customer-limit-reached', { skus: [{ units: 9 }], perCustomerMax: 1 }],
    ['customer-limit-reached', { skus: [{ units: 9, perCustomerMax: 1 }] }],
    ['customer-limit-reached', { skus: [{ units: 1 }], perCustomerMax: 1 }],
    ['sold-out', { skus: [{ units: 9, withdrawn: [1, 2, 3, 4, 5, 6, 7, 8, 9] }] }],
    ['sale-closed', { skus: [{ units: 1, perCustomerMax: 1 }], status: 'closed' as const }],
  ])('refuses with %s, and changes nothing', async (why, spec) => {
    const sale = await harness.sale(spec);
    const before = await sale.state();
    expect(await rehold(sale, '1#1,2')).toBe(why);
    expect(await sale.state()).toEqual(before);
  });

  it('tells units that may come back from those that will not', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }, { units: 1 }] });
    await sale.reserve({ id: 'held', lines: '1x1', customer: 'bob' }, { id: 'sold', lines: '2x1', customer: 'bob' });
    expect(await rehold(sale, '1#1,2')).toBe('units-unavailable');
    await sale.sell('sold');
    expect(await rehold(sale, '1#1,2 2#1')).toBe('sold-out');
    expect(await rehold(sale, '2#1 1#1,2')).toBe('sold-out');
  });

  it('goes on while the sale is paused', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }], status: 'paused' });
    expect(await rehold(sale, '1#1,2')).toBe('1#1,2');
  });
});
