import { SupplyLock } from '../../src/supply/supply-lock.js';
import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const saleOf = (key: string): { id: string; key: string } => ({ id: `sale_${key}`, key });

/** A change of stock that goes on until it is told to end. */
function change(): { begun: Promise<void>; end: () => void; work: () => Promise<string> } {
  let [begin, end] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const over = new Promise<void>((resolve) => (end = resolve));
  return {
    begun,
    end: () => end(),
    work: async () => {
      begin();
      await over;
      return 'done';
    },
  };
}

describe('the changes of stock in one process', () => {
  it('keep their order within a sale', async () => {
    const lock = new SupplyLock(harness.postgres);
    const [first, done]: [ReturnType<typeof change>, string[]] = [change(), []];
    const all = [
      lock.run(saleOf('aaaaaaaaaa'), first.work).then(() => done.push('first')),
      lock.run(saleOf('aaaaaaaaaa'), () => Promise.reject(new Error('wrong'))).catch(() => done.push('second')),
      lock.run(saleOf('aaaaaaaaaa'), () => Promise.resolve()).then(() => done.push('third')),
    ];
    await first.begun;
    expect(done).toEqual([]);
    first.end();
    await Promise.all(all);
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('of one sale, however long, keep no other sale waiting', async () => {
    const lock = new SupplyLock(harness.postgres);
    const long = change();
    const waits = lock.run(saleOf('bbbbbbbbbb'), long.work);
    await long.begun;
    expect(await lock.run(saleOf('cccccccccc'), () => Promise.resolve('at once'))).toBe('at once');
    long.end();
    expect(await waits).toBe('done');
  });

  it('that have waited too long are refused, and not made afterwards', async () => {
    const lock = new SupplyLock(harness.postgres);
    const [long, made] = [change(), jest.fn(() => Promise.resolve())];
    const first = lock.run(saleOf('dddddddddd'), long.work);
    await long.begun;
    await expect(lock.run(saleOf('dddddddddd'), made, 1)).rejects.toMatchObject({ code: 'store-unavailable' });
    long.end();
    await first;
    await lock.run(saleOf('dddddddddd'), () => Promise.resolve());
    expect(made).not.toHaveBeenCalled();
  });

  it('leave enough connections for their work, however many sales they are of', async () => {
    const lock = new SupplyLock(harness.postgres);
    const keys = Array.from({ length: harness.config.pgPoolMax * 2 }, (_, i) => `e${String(i).padStart(9, '0')}`);
    const all = keys.map((key) => lock.run(saleOf(key), () => harness.postgres.query('SELECT 1')));
    expect(await Promise.all(all)).toHaveLength(keys.length);
  });
});
