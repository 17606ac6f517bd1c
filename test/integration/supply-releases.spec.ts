import { withdrawUnits } from '../../src/inventory/withdraw.js';
import { LedgerHarness } from '../ledger-harness.js';
import { SupplyParts } from '../supply-parts.js';

let harness: LedgerHarness;
let began = 0;
beforeEach(async () => {
  harness = await LedgerHarness.open();
  began = harness.now;
});
afterEach(() => harness.close());

/** Ms of the test's time, from where it is now. */
const inMs = (ms: number): number => harness.now - began + ms;

describe('a release schedule', () => {
  it('withholds the highest numbers, and lets out the lowest of them when their time has come', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }], holdTtlSeconds: 3_600 });
    await harness.supply.plan(sale, [inMs(2_000), 3], [inMs(1_000), 4]);
    expect(await sale.counts()).toEqual(['3 0 0 0 7 / 10']);
    expect(await sale.reserve({ id: 'a', lines: '1x3' })).toEqual(['decided 1#1,2,3']);
    await sale.advance(999);
    expect(await harness.supply.releases.runOnce()).toBe(0);
    await sale.advance(1);
    expect(await harness.supply.releases.runOnce()).toBe(4);
    expect(await sale.reserve({ id: 'b', lines: '1x4', customer: 'bob' })).toEqual(['decided 1#4,5,6,7']);
    await sale.supplied();
    await sale.advance(5_000);
    expect(await harness.supply.releases.runOnce()).toBe(3);
    expect(await harness.supply.releases.runOnce()).toBe(0);
    expect(await sale.counts()).toEqual(['3 7 0 0 0 / 10']);
    await sale.supplied();
    expect((await harness.supply.audit(sale)).slice(1)).toEqual([
      'sku.release {"withheld":7} → {"withheld":3}',
      'sku.release {"withheld":3} → {"withheld":0}',
    ]);
  });

  it('lets out once, when two workers look at the same time', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    const other = new SupplyParts(harness);
    await harness.supply.plan(sale, [inMs(1_000), 4], [inMs(9_000), 4]);
    await sale.advance(1_000);
    const released = await Promise.all([harness.supply.releases.runOnce(), other.releases.runOnce()]);
    expect(released.sort()).toEqual([0, 4]);
    expect(await sale.counts()).toEqual(['6 0 0 0 4 / 10']);
    expect(await harness.supply.audit(sale)).toHaveLength(2);
    await sale.supplied();
  });

  it('is replaced by another one, up and down, and refused when too few units are available', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await harness.supply.plan(sale, [inMs(1_000), 6]);
    await harness.supply.plan(sale, [inMs(5_000), 1], [inMs(6_000), 2]);
    expect(await sale.counts()).toEqual(['5 2 0 0 3 / 10']);
    const line = { requested: 6, available: 5, heldByOthers: 2 };
    await expect(harness.supply.plan(sale, [inMs(1_000), 9])).rejects.toMatchObject({
      ...{ code: 'units-unavailable', extensions: { lines: [line] } },
    });
    await sale.advance(1_000);
    expect(await harness.supply.releases.runOnce()).toBe(0);
    await harness.supply.plan(sale, [inMs(1_000), 8]);
    expect(await sale.counts()).toEqual(['0 2 0 0 8 / 10']);
    await sale.supplied();
  });

  it('outlives Redis: what is withheld stays so, and what was due meanwhile is let out', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    await harness.supply.plan(sale, [inMs(1_000), 4], [inMs(9_000), 4]);
    await sale.loseRedis();
    await sale.advance(1_000);
    // Redis is not rebuilt yet: the release is recorded, and the rebuild brings it.
    expect(await harness.supply.releases.runOnce()).toBe(4);
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(['6 0 0 0 4 / 10']);
    await sale.supplied();
  });

  it('lets go what was withheld for a schedule that was never written', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    await withdrawUnits(harness.ledger, sale, { ordinal: 1, version: 0, as: 'withheld', number: 4 });
    await harness.supply.run.runOnce();
    expect(await sale.counts()).toEqual(['6 0 0 0 4 / 10']);
    await sale.supplied();
    expect(await harness.supply.releases.runOnce()).toBe(4);
    expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
    await sale.supplied();
  });

  it('keeps its units from whoever would unblock them by name', async () => {
    const sale = await harness.sale({ skus: [{ units: 10 }] });
    await harness.supply.plan(sale, [inMs(1_000), 4]);
    await expect(harness.supply.unblock(sale, [9])).rejects.toMatchObject({ code: 'units-unavailable' });
    await expect(harness.supply.block(sale, [9])).rejects.toMatchObject({ code: 'units-unavailable' });
    await expect(harness.supply.capacity(sale, 3)).rejects.toMatchObject({ extensions: { blocked: 4 } });
  });
});
