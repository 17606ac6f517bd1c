import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const below = (held: number, sold: number, blocked = 0): object => ({
  ...{ code: 'capacity-below-committed', extensions: { held, sold, blocked } },
});

const withdrawnUnits = async (sale: LedgerSale): Promise<number[]> =>
  (
    await harness.postgres.query<{ unit_no: number }>(
      'SELECT unit_no FROM withdrawn_units WHERE sku_id = $1 ORDER BY 1',
      [sale.skuId(1)],
    )
  ).map(({ unit_no: unit }) => unit);

describe('a capacity', () => {
  it('grows by new numbers at the end, never by numbers that were withdrawn', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await harness.supply.capacity(sale, 3);
    await harness.supply.capacity(sale, 6);
    expect(await withdrawnUnits(sale)).toEqual([4, 5]);
    expect(await sale.decide({ id: 'all', lines: '1x6' })).toEqual(['decided 1#1,2,3,6,7,8']);
    await sale.supplied();
    expect(await harness.supply.audit(sale)).toEqual([
      'sku.capacity {"capacity":5,"capacityTarget":null} → {"capacity":3,"capacityTarget":null}',
      'sku.capacity {"capacity":3,"capacityTarget":null} → {"capacity":6,"capacityTarget":null}',
    ]);
  });

  it('goes down to what is held, sold and blocked, and no further now', async () => {
    const sale = await harness.sale({ skus: [{ units: 12, blocked: [12] }] });
    await sale.reserve({ id: 'sold', lines: '1x2' }, { id: 'pinned', lines: '1x3' }, { id: 'held', lines: '1x1' });
    await sale.sell('sold');
    await sale.pin('pinned');
    const before = await sale.state();
    await expect(harness.supply.capacity(sale, 6)).rejects.toMatchObject(below(4, 2, 1));
    expect(await sale.state()).toEqual(before);
    expect(await harness.supply.audit(sale)).toEqual([]);
    await harness.supply.capacity(sale, 7);
    expect(await sale.counts()).toEqual(['0 1 3 2 1 / 7']);
    expect(await withdrawnUnits(sale)).toEqual([7, 8, 9, 10, 11, 12]);
    await sale.supplied();
  });

  it('takes holds that are due for what they are', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'due', lines: '1x5' });
    await sale.advance(60_000);
    await harness.supply.capacity(sale, 1);
    expect(await sale.counts()).toEqual(['1 0 0 0 0 / 1']);
    await sale.supplied();
  });

  it('may go down to nothing and up again', async () => {
    const sale = await harness.sale({ skus: [{ units: 600 }] });
    await harness.supply.capacity(sale, 0);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual([expect.stringMatching(/^refused sold-out/)]);
    await harness.supply.capacity(sale, 300);
    expect(await sale.counts()).toEqual(['300 0 0 0 0 / 300']);
    expect(await sale.decide({ id: 'b', lines: '1x1' })).toEqual(['decided 1#601']);
    await sale.supplied();
  });

  it('is what one of them asked for, when commands meet', async () => {
    const sale = await harness.sale({ skus: [{ units: 50 }] });
    const capacities = [10, 70, 20, 60, 30];
    await Promise.all(capacities.map((capacity) => harness.supply.capacity(sale, capacity)));
    expect(capacities.map((capacity) => `${capacity} 0 0 0 0 / ${capacity}`)).toContain((await sale.counts())[0]);
    await sale.supplied();
  });
});

/** Ways in which a unit comes back. */
const RETURNS: [string, (sale: LedgerSale) => Promise<unknown>][] = [
  ['a release', (sale) => sale.run('release', sale.tail('held'))],
  ['an expiry', (sale) => sale.advance(60_000).then(() => sale.run('expire', 10))],
  ['a void', (sale) => sale.pin('held').then(() => sale.run('void', sale.tail('held'), 'released', 9))],
];

describe('a capacity that goes down as holds end', () => {
  async function held(): Promise<LedgerSale> {
    const sale = await harness.sale({ skus: [{ units: 10 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'other', lines: '1x2', customer: 'bob' });
    await sale.reserve({ id: 'held', lines: '1x4' });
    await harness.supply.capacity(sale, 3, 'as_holds_end');
    expect(await sale.counts()).toEqual(['0 6 0 0 0 / 6']);
    await sale.supplied();
    return sale;
  }

  it.each(RETURNS)('keeps what %s brings back, down to the target, and sells the rest', async (_name, giveBack) => {
    const sale = await held();
    await giveBack(sale);
    await sale.balanced();
    const [counts = ''] = await sale.counts();
    expect(counts).toMatch(/^[13] [02] 0 0 0 \/ 3$/);
    await harness.supply.run.runOnce();
    await sale.supplied();
    expect((await withdrawnUnits(sale)).length).toBe(7);
    // The target is reached, so what comes back from here on is sold again.
    await sale.run('release', sale.tail('other'));
    expect(await sale.counts()).toEqual(['3 0 0 0 0 / 3']);
    await sale.balanced();
  });

  it('goes on after the loss of Redis, whether Postgres had the last withdrawals or not', async () => {
    const sale = await held();
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(['0 6 0 0 0 / 6']);
    const [, record = ''] = await sale.run('release', sale.tail('held'));
    expect(record).not.toBe('');
    await sale.harness.sweep.runOnce(sale);
    expect(await sale.counts()).toEqual(['1 2 0 0 0 / 3']);
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(1);
    await sale.balanced();
    expect(await sale.counts()).toEqual(['1 2 0 0 0 / 3']);
    await harness.supply.run.runOnce();
    await sale.supplied();
  });

  it('is given up when it is raised again, by exactly what was asked for', async () => {
    const sale = await held();
    await sale.run('release', sale.tail('other'));
    await harness.supply.capacity(sale, 8);
    expect(await sale.counts()).toEqual(['4 4 0 0 0 / 8']);
    await sale.run('release', sale.tail('held'));
    expect(await sale.counts()).toEqual(['8 0 0 0 0 / 8']);
    await sale.supplied();
  });

  it('is given up when what there is, is enough', async () => {
    const sale = await held();
    await harness.supply.capacity(sale, 6);
    await sale.run('release', sale.tail('held'));
    expect(await sale.counts()).toEqual(['4 2 0 0 0 / 6']);
    await sale.supplied();
  });

  it('gives way to another target, and never goes below what is sold', async () => {
    const sale = await held();
    await harness.supply.capacity(sale, 5, 'as_holds_end');
    await sale.sell('held');
    await expect(harness.supply.capacity(sale, 3, 'as_holds_end')).rejects.toMatchObject(below(2, 4));
    await expect(harness.supply.capacity(sale, 5)).rejects.toMatchObject(below(2, 4));
    await sale.run('release', sale.tail('other'));
    expect(await sale.counts()).toEqual(['1 0 0 4 0 / 5']);
    await harness.supply.run.runOnce();
    await sale.supplied();
  });
});

describe('a block', () => {
  it('is of all its units or of none, and names those that cannot be had', async () => {
    const sale = await harness.sale({ skus: [{ units: 10, withdrawn: [9] }] });
    await sale.reserve({ id: 'a', lines: '1#3,4' });
    const before = await sale.state();
    const refused = harness.supply.block(sale, [2, 3, 4]);
    const nextExpiryAt = new Date(harness.now + 600_000);
    const line = { requested: 3, available: 7, heldByOthers: 2, nextExpiryAt, unavailableUnits: ['3', '4'] };
    await expect(refused).rejects.toMatchObject({ code: 'units-unavailable', extensions: { lines: [line] } });
    await expect(harness.supply.block(sale, [2, 9])).rejects.toMatchObject({ code: 'units-unavailable' });
    await expect(harness.supply.unblock(sale, [9])).rejects.toMatchObject({ code: 'units-unavailable' });
    await expect(harness.supply.block(sale, [11])).rejects.toMatchObject({ code: 'unit-unknown' });
    expect(await sale.state()).toEqual(before);
    expect(await harness.supply.audit(sale)).toEqual([]);
  });

  it('keeps units from every buyer until it is lifted', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await harness.supply.block(sale, [1, 3]);
    await harness.supply.block(sale, [3, 2]);
    expect(await sale.counts()).toEqual(['0 0 0 0 3 / 3']);
    expect(await sale.decide({ id: 'a', lines: '1#1' })).toEqual([expect.stringMatching(/^refused sold-out/)]);
    await harness.supply.unblock(sale, [3, 1]);
    expect(await sale.decide({ id: 'b', lines: '1x2' })).toEqual(['decided 1#1,3']);
    await sale.supplied();
    expect(await harness.supply.audit(sale)).toEqual([
      'sku.block {"blocked":0} → {"units":["1","3"],"blocked":2}',
      'sku.block {"blocked":2} → {"units":["2"],"blocked":3}',
      'sku.unblock {"blocked":3} → {"units":["3","1"],"blocked":1}',
    ]);
  });

  it('meets a rebuild between the stores: nothing of it stands, and it is done again in the new epoch', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    const transaction = harness.postgres.transaction.bind(harness.postgres);
    jest.spyOn(harness.postgres, 'transaction').mockImplementationOnce(async (...call) => {
      jest.restoreAllMocks();
      harness.guardian.suspect(sale.id, 1);
      expect(await sale.rebuild()).toBe(1);
      expect(await sale.counts()).toEqual(['3 0 0 0 0 / 3']);
      return transaction(...call);
    });
    await harness.supply.block(sale, [2]);
    expect(await sale.counts()).toEqual(['2 0 0 0 1 / 3']);
    await sale.supplied();
  });
});
