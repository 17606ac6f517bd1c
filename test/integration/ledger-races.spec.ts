import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => {
  harness = await LedgerHarness.open();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => harness.close());

describe('a guardian that looked before another one rebuilt', () => {
  it('touches nothing: what was held since stays held', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }] });
    const [seen] = (await harness.activeSales.list()).filter(({ id }) => id === sale.id);
    if (!seen) throw new Error('the sale is not active');
    expect(await harness.rebuild.rebuild(seen)).toBe(true);
    await sale.reserve({ id: 'a', lines: '1x1' });

    expect(await harness.rebuild.rebuild(seen)).toBe(false);
    expect(await sale.holdOf('a')).toMatchObject({ state: 'held' });
    expect(await sale.decide({ id: 'b', lines: '1x1', customer: 'bob' })).toEqual([expect.stringMatching(/^refused/)]);
    await sale.balanced();
  });
});

describe('a confirmation between the snapshot of a rebuild and its opening', () => {
  it('is settled in the new epoch', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }] });
    await sale.reserve({ id: 'a', lines: '1x1' });
    await sale.pin('a');
    const write = harness.writeEpoch.write.bind(harness.writeEpoch);
    jest.spyOn(harness.writeEpoch, 'write').mockImplementationOnce(async (...rest) => {
      // The old epoch is closed: the fact is kept, not delivered to a state that nobody will read again.
      await sale.confirm('a');
      expect(await harness.relay.runOnce()).toBe(0);
      return write(...rest);
    });
    harness.guardian.suspect(sale.id, await sale.epoch());
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.holdOf('a')).toMatchObject({ state: 'checkout' });

    expect(await harness.relay.runOnce()).toBe(1);
    expect(await sale.holdOf('a')).toBeNull();
    const [stock] = await harness.stock.read(sale);
    expect(stock).toMatchObject({ available: 1, held: 0, checkout: 0, sold: 1 });
    await sale.balanced();
  });
});

describe('a sale that closed long ago', () => {
  it('is rebuilt when somebody asks for it, and else left alone', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }] });
    await harness.postgres.query(
      `UPDATE sales SET status = 'closed', closed_at = ledger_now() - interval '2 days' WHERE id = $1`,
      [sale.id],
    );
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(0);
    harness.guardian.ask(sale.id);
    expect(await sale.rebuild()).toBe(1);
    expect(await harness.stock.read(sale)).toHaveLength(1);
  });
});
