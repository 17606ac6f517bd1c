import type { Operation } from './history.js';
import { outcomesAfterKills, promisedTimes } from './promised-times.js';

const strike = (kind: string, at: number, firstMs = 100): Parameters<typeof outcomesAfterKills>[0][number] => ({
  ...{ kinds: [kind], at, firstMs, allMs: NaN },
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
    ];
    expect(outcomesAfterKills([strike('worker: kill -9', 1_000)], operations)).toEqual([700, 50]);
  });

  it('leaves out what another fault has delayed', () => {
    const strikes = [strike('worker: kill -9', 1_000), strike('redis: cut', 1_050)];
    expect(outcomesAfterKills(strikes, [asked('b', 1_100, 9_000, 'held')])).toEqual([]);
  });
});

it('recovery is a table of what was promised and what came out', () => {
  const table = promisedTimes([strike('redis: FLUSHALL', 0, 2_000), strike('redis: cut', 1, 500)], []);
  expect(table.split('\n')).toContain('| FLUSHALL → next hold | 5 | 1 | 2.00 | 2.00 | 2.00 |');
  expect(table.split('\n')).toContain('| network back → next hold | 3 | 1 | 0.50 | 0.50 | 0.50 |');
  expect(table.split('\n')).toContain('| Postgres back → next hold | 3 | 0 | - | - | - |');
});
