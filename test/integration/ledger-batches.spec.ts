import { EpochOver } from '../../src/inventory/in-epoch.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

/** What pg throws when the server ends the connection. */
const DEAD = Object.assign(new Error('terminating connection'), { code: '57P01' });

/** Runs a batch as the worker does; returns what was told to those who wait, by the names of the test. */
async function run(sale: LedgerSale, ...ids: string[]): Promise<string[]> {
  const told: string[] = [];
  jest.spyOn(harness.results, 'publish').mockImplementation(async (changes) => {
    for (const { id, kind, record } of changes)
      told.push(`${id.slice(14).replace(/_+$/, '')} ${kind} ${record.slice(0, 1)}`);
  });
  await harness.batches.run(
    sale,
    ids.map((id) => sale.tail(id)),
  );
  return told;
}

describe('a batch', () => {
  it('is decided, journalled, announced and told', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.accept({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' }, { id: 'c', lines: '1x1' });
    expect(await run(sale, 'a', 'b', 'c')).toEqual(['b refused r', 'a held h', 'c held h']);
    expect([await sale.row('a'), await sale.row('b'), await sale.row('c')]).toMatchObject([
      { status: 'held' },
      null,
      { status: 'held' },
    ]);
    expect([await sale.holdOf('a'), await sale.holdOf('c')]).toMatchObject([{ state: 'held' }, { state: 'held' }]);
    await sale.balanced();
  });

  it('that runs again tells the same, and takes nothing more', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.accept({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await run(sale, 'a', 'b');
    const before = await sale.state();
    expect(await run(sale, 'a', 'b')).toEqual(['a held h', 'b changed ']);
    expect(await sale.state()).toEqual(before);
  });

  it.each(['insert', 'announce'] as const)(
    'whose worker dies before it can %s is finished by the next run',
    async (step) => {
      const sale = await harness.sale({ skus: [{ units: 3 }] });
      await sale.accept({ id: 'a', lines: '1x2' });
      const runInEpoch = harness.ledger.runInEpoch.bind(harness.ledger);
      if (step === 'insert') jest.spyOn(harness.journal, 'insert').mockRejectedValueOnce(DEAD);
      else
        jest.spyOn(harness.ledger, 'runInEpoch').mockImplementation((name, ...rest) => {
          return name === 'announce' ? Promise.reject(DEAD) : runInEpoch(name, ...rest);
        });
      await expect(run(sale, 'a')).rejects.toBe(DEAD);
      expect(await sale.holdOf('a')).toMatchObject({ state: 'decided' });
      await sale.balanced();
      jest.restoreAllMocks();
      expect(await run(sale, 'a')).toEqual(['a held h']);
      expect(await sale.row('a')).toMatchObject({ status: 'held' });
      expect(await sale.counts()).toEqual(['1 2 0 0 0 / 3']);
      await sale.balanced();
    },
  );

  it('whose deadline has passed before the journal takes its hold back: nobody was promised anything', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }], holdTtlSeconds: 60 });
    await sale.decide({ id: 'a', lines: '1x2' });
    const insert = harness.journal.insert.bind(harness.journal);
    jest.spyOn(harness.journal, 'insert').mockImplementationOnce(async (...call) => {
      await sale.advance(60_000);
      return insert(...call);
    });
    expect(await run(sale, 'a')).toEqual(['a changed ']);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected', rejection: 'queue-timeout' });
    expect([await sale.row('a'), await sale.counts()]).toEqual([null, ['3 0 0 0 0 / 3']]);
    await sale.balanced();
  });

  it('that meets another row under an id gives the units back, and the row answers', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.sell('a');
    await sale.loseRedis();
    await sale.rebuild();
    await sale.accept({ id: 'a', lines: '1x1' });
    expect(await run(sale, 'a')).toEqual(['a changed ']);
    expect([await sale.requestOf('a'), await sale.holdOf('a')]).toEqual([null, null]);
    expect(await sale.counts()).toEqual(['1 0 0 2 0 / 3']);
    await sale.balanced();
  });

  it('whose hold is released between the script and the journal promises nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.accept({ id: 'a', lines: '1x2' });
    const insert = harness.journal.insert.bind(harness.journal);
    jest.spyOn(harness.journal, 'insert').mockImplementationOnce(async (...call) => {
      const hold = await sale.journalled('a');
      await sale.run('release', sale.tail('a'));
      await harness.journal.release(sale, 1, hold, null);
      return insert(...call);
    });
    expect(await run(sale, 'a')).toEqual(['a changed ']);
    expect(await sale.row('a')).toMatchObject({ status: 'released' });
    expect(await sale.requestOf('a')).toMatchObject({ status: 'released' });
    await sale.balanced();
  });

  it.each(['insert', 'announce'] as const)(
    'whose epoch ends before it can %s is decided again in the next',
    async (step) => {
      const sale = await harness.sale({ skus: [{ units: 3 }] });
      await sale.accept({ id: 'a', lines: '1x2' });
      const insert = harness.journal.insert.bind(harness.journal);
      jest.spyOn(harness.journal, 'insert').mockImplementationOnce(async (...call) => {
        const words = step === 'announce' ? await insert(...call) : [];
        harness.guardian.suspect(sale.id, 1);
        await sale.rebuild();
        return step === 'announce' ? words : insert(...call);
      });
      await expect(run(sale, 'a')).rejects.toBeInstanceOf(EpochOver);
      expect(await run(sale, 'a')).toEqual(['a held h']);
      expect(await sale.row('a')).toMatchObject({ status: 'held', epoch: step === 'announce' ? 1 : 2 });
      expect(await sale.counts()).toEqual(['1 2 0 0 0 / 3']);
      await sale.balanced();
    },
  );

  it('whose hold expires between the journal and the announcement ends in the journal too', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }], holdTtlSeconds: 60 });
    await sale.accept({ id: 'a', lines: '1x2' });
    const insert = harness.journal.insert.bind(harness.journal);
    jest.spyOn(harness.journal, 'insert').mockImplementationOnce(async (...call) => {
      const words = await insert(...call);
      await sale.advance(60_000);
      await harness.sweep.runOnce(sale);
      return words;
    });
    expect(await run(sale, 'a')).toContain('a changed ');
    expect(await sale.row('a')).toMatchObject({ status: 'expired', version: 3 });
    await sale.balanced();
  });

  it.each(['released', 'expired'] as const)(
    'whose hold is noted as %s before its row is there ends the row itself',
    async (end) => {
      const sale = await harness.sale({ skus: [{ units: 3 }], holdTtlSeconds: 60 });
      await sale.accept({ id: 'a', lines: '1x2' });
      const insert = harness.journal.insert.bind(harness.journal);
      jest.spyOn(harness.journal, 'insert').mockImplementationOnce(async (...call) => {
        if (end === 'released') await sale.run('release', sale.tail('a'));
        else await sale.advance(60_000);
        await harness.sweep.runOnce(sale);
        // The clocks of the two stores differ a little, and Postgres still takes the hold.
        if (end === 'expired') await harness.setClock(harness.now - 1);
        return insert(...call);
      });
      expect(await run(sale, 'a')).toContain('a changed ');
      expect(await sale.row('a')).toMatchObject({ status: end, version: 3 });
      await sale.balanced();
    },
  );

  it('refuses alone what Postgres cannot store; its neighbours are held', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.accept({ id: 'a', lines: '1x1' }, { id: 'bad', lines: '1x1' }, { id: 'c', lines: '1x1' });
    const insert = harness.journal.insert.bind(harness.journal);
    jest.spyOn(harness.journal, 'insert').mockImplementation((of, epoch, holds) =>
      insert(
        of,
        epoch,
        holds.map((hold) =>
          hold.tail === sale.tail('bad') ? { ...hold, request: { ...hold.request, mode: '\0' as 'all' } } : hold,
        ),
      ),
    );
    expect(await run(sale, 'a', 'bad', 'c')).toEqual(['a held h', 'c held h', 'bad changed ']);
    expect(await sale.requestOf('bad')).toMatchObject({ status: 'rejected', rejection: 'internal' });
    expect(await sale.counts()).toEqual(['1 2 0 0 0 / 3']);
    await sale.balanced();
  });

  it('is not begun while Postgres is away', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.accept({ id: 'a', lines: '1x2' });
    const before = await sale.state();
    jest.spyOn(harness.postgres, 'isUp').mockReturnValue(false);
    await expect(run(sale, 'a')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.state()).toEqual(before);
  });
});

describe('a pin that its process left half done', () => {
  async function halfPinned(): Promise<LedgerSale> {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.run('pin', sale.tail('a'));
    return sale;
  }

  it('is left alone for its grace, then completed', async () => {
    const sale = await halfPinned();
    await sale.advance(harness.config.pinGraceMs - 1);
    expect(await harness.reconcilePins.runOnce(sale)).toBe(0);
    expect(await sale.row('a')).toMatchObject({ status: 'held' });
    await sale.advance(1);
    expect(await harness.reconcilePins.runOnce(sale)).toBe(1);
    expect(await sale.row('a')).toMatchObject({ status: 'checkout', version: 3 });
    expect((await sale.state()).pins).toBeUndefined();
    expect(await harness.reconcilePins.runOnce(sale)).toBe(0);
    await sale.balanced();
  });

  it.each(['released', 'expired'] as const)('is given back when its row is %s', async (status) => {
    const sale = await halfPinned();
    await harness.journal.end(sale, 1, [{ tail: sale.tail('a'), status, version: 3, endedAt: harness.now }]);
    await sale.advance(harness.config.pinGraceMs);
    expect(await harness.reconcilePins.runOnce(sale)).toBe(1);
    expect(await sale.requestOf('a')).toMatchObject({ status });
    expect(await sale.counts()).toEqual(['3 0 0 0 0 / 3']);
    await sale.balanced();
  });

  it('costs no transaction where it is not half done: payments take longer than the grace', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    const before = await sale.row('a');
    await sale.advance(harness.config.pinGraceMs);
    const write = jest.spyOn(harness.journal, 'pin');
    expect(await harness.reconcilePins.runOnce(sale)).toBe(1);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    expect(await sale.row('a')).toEqual(before);
    expect((await sale.state()).pins).toBeUndefined();
    await sale.balanced();
  });

  it('is settled when its row is confirmed', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    await sale.confirm('a');
    await sale.advance(harness.config.pinGraceMs);
    expect(await harness.reconcilePins.runOnce(sale)).toBe(1);
    expect(await sale.counts()).toEqual(['1 0 0 2 0 / 3']);
    await sale.balanced();
  });
});
