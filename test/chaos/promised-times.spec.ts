import type { Strike } from './fault-table.js';
import type { Operation } from './history.js';
import { outcomesAfterKills, promisedTimes } from './promised-times.js';

const strike = (kind: string, at: number, firstMs = 100, allMs = 500): Strike => ({
  ...{ kinds: [kind], at, goneAt: at, firstMs, allMs },
});

const asked = (key: string, invokedAt: number, endedAt: number, standing: 'queued' | 'held'): Operation => ({
  ...{
    kind: 'reserve',
    customerId: 'ann',
    key,
    reference: null,
    restock: null,
    invokedAt,
    endedAt,
    outcome: 'ok',
    code: null,
  },
  told: { id: key, standing, version: 1, places: [], deadline: null, orderId: null },
});

describe('how long an outcome takes when a worker dies', () => {
  it('counts from the death, or from asking where that was later, to the first answer that decides', () => {
    const operations = [
      asked('a', 900, 950, 'queued'),
      { ...asked('a', 960, 1_700, 'held'), kind: 'read' as const },
      asked('b', 1_100, 1_150, 'held'),
      asked('long before', -5_000, 1_500, 'held'),
      asked('decided before', 800, 900, 'held'),
      asked('long after', 2_100, 9_000, 'held'),
    ];
    expect(outcomesAfterKills([strike('worker: kill -9', 1_000)], operations)).toEqual([700, 50]);
  });

  it('leaves out no late outcome, whatever strikes when it should have come', () => {
    const strikes = [strike('worker: kill -9', 1_000), strike('redis: cut', 5_500)];
    expect(outcomesAfterKills(strikes, [asked('b', 1_100, 9_000, 'held')])).toEqual([7_900]);
  });

  it.each([
    ['another fault has struck soon after', strike('redis: cut', 1_050)],
    ['another had struck before, and not all was whole', strike('redis: cut', 0, 100, 1_001)],
    ['another had struck before, and was not recovered from', strike('redis: cut', 0, 100, NaN)],
  ])('leaves out deaths that %s', (_what, other) => {
    const operations = [asked('b', 1_100, 1_200, 'held')];
    expect(outcomesAfterKills([strike('worker: kill -9', 1_000), other], operations)).toEqual([]);
  });
});

it('recovery is a table of what was promised and what came out', () => {
  const table = promisedTimes([strike('redis: FLUSHALL', 0, 2_000), strike('redis: cut', 1, 500)], []);
  expect(table.split('\n')).toContain('| FLUSHALL → next hold | 5 | 1 | 2.00 | 2.00 | 2.00 |');
  expect(table.split('\n')).toContain('| network back → next hold | 3 | 1 | 0.50 | 0.50 | 0.50 |');
  expect(table.split('\n')).toContain('| Postgres back → next hold | 3 | 0 | - | - | - |');
});
