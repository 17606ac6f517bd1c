import { faultTable } from './fault-table.js';

describe('the table of faults', () => {
  it('counts each kind, and times only what struck alone', () => {
    const strikes = [
      { kinds: ['redis: FLUSHALL'], at: 0, goneAt: 0, firstMs: 100, allMs: 2_000 },
      { kinds: ['redis: FLUSHALL'], at: 0, goneAt: 0, firstMs: 300, allMs: NaN },
      { kinds: ['redis: FLUSHALL', 'clock: leap'], at: 0, goneAt: 0, firstMs: 9_000, allMs: 9_000 },
    ];
    expect(faultTable(strikes).split('\n')).toEqual([
      '| fault           | count | next hold p50 s | max s | all whole p50 s | max s |',
      '|-----------------|------:|----------------:|------:|----------------:|------:|',
      '| clock: leap     |     1 |               - |     - |               - |     - |',
      '| redis: FLUSHALL |     3 |            0.10 |  0.30 |            2.00 |  2.00 |',
    ]);
  });
});
