import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const HOLDS = 40;

interface Page {
  cursor: string;
  skus: number;
  ids: string[];
}

async function read(sale: LedgerSale, cursor: string, limit: number): Promise<Page> {
  const [, next = '', , skus = '', ...rest] = await sale.run('audit-holds', cursor, limit);
  const ids = rest.slice(Number(skus) * 2).filter((_, i) => i % 3 === 0);
  return { cursor: next, skus: Number(skus), ids };
}

describe('audit-holds', () => {
  it('of a sale without holds says its counters, and that none was ever decided', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const { stock } = await sale.state();
    expect(await sale.run('audit-holds', '0', 10)).toEqual(['ok', '0', '0', '1', '1', stock?.['1']]);
  });

  it('reads them in pages that are as short as was asked for, and the counters with the first and the last', async () => {
    const sale = await harness.sale({ skus: [{ units: HOLDS }, { units: 1 }] });
    // Long enough that Redis keeps them in buckets: what is small it tells of in one answer.
    const customer = (i: number): string => `${i}`.padStart(100, 'c');
    const asks = Array.from({ length: HOLDS }, (_, i) => ({ id: `h${i}`, lines: '1x1', customer: customer(i) }));
    await sale.reserve(...asks);
    const pages = [await read(sale, '0', 1)];
    while (pages.at(-1)?.cursor !== '0') pages.push(await read(sale, pages.at(-1)?.cursor ?? '', 1));
    expect(new Set(pages.flatMap(({ ids }) => ids))).toEqual(new Set(asks.map(({ id }) => sale.tail(id))));
    expect(pages.map(({ skus }) => skus)).toEqual(pages.map((_, i) => (i === 0 || i === pages.length - 1 ? 2 : 0)));
    // Redis tells of a bucket at a time: some have several holds, many have one, and empty ones are passed over.
    const sizes = pages.slice(0, -1).map(({ ids }) => ids.length);
    expect(sizes).not.toContain(0);
    expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(1);
  });
});
