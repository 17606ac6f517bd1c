import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/** Each command on a SKU of 20 units of which 3 are held, 1 is sold, 19 is withdrawn and 20 blocked; what it leads to. */
const COMMANDS: [string, (sale: LedgerSale) => Promise<void>, string][] = [
  ['capacity 25', (sale) => harness.supply.capacity(sale, 25), '20 3 0 1 1 / 25'],
  ['capacity 10 now', (sale) => harness.supply.capacity(sale, 10), '5 3 0 1 1 / 10'],
  ['capacity 3 as holds end', (sale) => harness.supply.capacity(sale, 3, 'as_holds_end'), '0 3 0 1 1 / 5'],
  ['block 5,6', (sale) => harness.supply.block(sale, [5, 6]), '12 3 0 1 3 / 19'],
  ['withhold 4', (sale) => harness.supply.plan(sale, [1e9, 3], [2e9, 1]), '10 3 0 1 5 / 19'],
  ['unblock 20', (sale) => harness.supply.unblock(sale, [20]), '15 3 0 1 0 / 19'],
];

async function selling(): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 20, withdrawn: [19], blocked: [20] }], holdTtlSeconds: 60 });
  await sale.reserve({ id: 'sold', lines: '1x1' });
  await sale.sell('sold');
  await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1', customer: 'bob' });
  return sale;
}

describe.each(COMMANDS)('%s', (_name, command, expected) => {
  it('leads to the same when it comes again, and changes nothing then', async () => {
    const sale = await selling();
    await command(sale);
    expect(await sale.counts()).toEqual([expected]);
    await sale.supplied();
    const before = await sale.state();
    const audit = await harness.supply.audit(sale);
    await command(sale);
    expect(await sale.state()).toEqual(before);
    expect(await harness.supply.audit(sale)).toEqual(audit);
    expect(audit).toHaveLength(expected.startsWith('0 ') ? 2 : 1);
  });

  it('survives the loss of Redis after its answer', async () => {
    const sale = await selling();
    await command(sale);
    const counts = await sale.counts();
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(1);
    await harness.supply.run.runOnce();
    expect(await sale.counts()).toEqual(counts);
    await sale.supplied();
  });

  it('is not undone by a process that paused before it and writes what it read then', async () => {
    const sale = await selling();
    const old = ['1', 0, 0, '', 0, 1, '1'.repeat(18) + '-b'] as const;
    await command(sale);
    const before = await sale.state();
    expect(await sale.run('supply', ...old)).toEqual(['older']);
    expect(await sale.state()).toEqual(before);
  });
});
