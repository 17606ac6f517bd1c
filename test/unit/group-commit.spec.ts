import { GroupCommit } from '../../src/platform/group-commit.js';

interface Batch {
  items: number[];
  finish: (error?: Error) => void;
}

/** A batch runner whose batches end when the test says so. */
function controlled(options: { itemsMax?: number; weightMax?: number } = {}): {
  group: GroupCommit<number, string>;
  batches: Batch[];
} {
  const batches: Batch[] = [];
  const group = new GroupCommit<number, string>({
    runBatch: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          finish: (error) => (error ? reject(error) : resolve(items.map((item) => `done ${item}`))),
        });
      }),
    itemsMax: options.itemsMax ?? 100,
    weightOf: (item) => item,
    weightMax: options.weightMax ?? Infinity,
  });
  return { group, batches };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('puts items of one tick into one batch and gives each its own result', async () => {
    const { group, batches } = controlled();
    const results = Promise.all([group.add(1), group.add(2), group.add(3)]);
    await tick();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    batches[0]?.finish();
    await expect(results).resolves.toEqual(['done 1', 'done 2', 'done 3']);
  });

  it('keeps two batches under way and gathers the rest until one returns', async () => {
    const { group, batches } = controlled();
    const all: Promise<string>[] = [];
    for (const item of [1, 2, 3, 4]) {
      all.push(group.add(item));
      await tick();
    }
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
    expect(group.depth).toBe(2);
    batches[1]?.finish();
    await tick();
    await tick();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2], [3, 4]]);
    for (const { finish } of batches) finish();
    await Promise.all(all);
  });

  it('keeps the place of a batch for as long as that asks for, though its items have their results', async () => {
    const batches: number[][] = [];
    const ends: (() => void)[] = [];
    const group = new GroupCommit<number, number>({
      runBatch: (items, keepUntil) => {
        batches.push(items);
        keepUntil(new Promise<void>((resolve) => ends.push(resolve)));
        return Promise.resolve(items);
      },
      itemsMax: 100,
      inFlightMax: 1,
    });
    expect(await group.add(1)).toBe(1);
    const later = Promise.all([group.add(2), group.add(3)]);
    await tick();
    await tick();
    expect(batches).toEqual([[1]]);
    ends[0]?.();
    expect(await later).toEqual([2, 3]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('splits by number and by weight, and never starves an item that is heavy by itself', async () => {
    const { group, batches } = controlled({ itemsMax: 3, weightMax: 10 });
    const all = Promise.all([6, 5, 40, 1, 1, 1, 1].map((item) => group.add(item)));
    for (let seen = 0; seen < 7; seen++) {
      await tick();
      for (const { finish } of batches) finish();
    }
    await all;
    expect(batches.map(({ items }) => items)).toEqual([[6], [5], [40], [1, 1, 1], [1]]);
  });

  it('fails the items of a failed batch and goes on with the next', async () => {
    const { group, batches } = controlled();
    const first = group.add(1);
    await tick();
    batches[0]?.finish(new Error('store gone'));
    await expect(first).rejects.toThrow('store gone');
    const second = group.add(2);
    await tick();
    batches[1]?.finish();
    await expect(second).resolves.toBe('done 2');
  });

  it('says when nothing waits and nothing is under way any more', async () => {
    const said: string[] = [];
    const group = new GroupCommit<number, number>({
      runBatch: (items) => {
        said.push(`batch ${items.join()}`);
        return items.includes(3) ? Promise.reject(new Error('store gone')) : Promise.resolve(items);
      },
      itemsMax: 1,
      inFlightMax: 1,
      onIdle: () => said.push('idle'),
    });
    await Promise.all([group.add(1), group.add(2)]);
    await tick();
    await expect(group.add(3)).rejects.toThrow('store gone');
    await tick();
    expect(said).toEqual(['batch 1', 'batch 2', 'idle', 'batch 3', 'idle']);
  });

  it('refuses a runner that loses results', async () => {
    const group = new GroupCommit<number, string>({ runBatch: () => Promise.resolve([]), itemsMax: 10 });
    await expect(group.add(1)).rejects.toThrow('a batch of 1 gave 0 results');
  });
});
