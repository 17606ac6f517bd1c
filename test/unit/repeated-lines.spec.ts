import { RepeatedLines } from '../../src/platform/repeated-lines.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const told: [object, number][] = [];
beforeEach(() => told.splice(0));
const open = (perSecondMax: number): RepeatedLines =>
  new RepeatedLines(perSecondMax, (fields, unwritten) => told.push([fields, unwritten]));
const admitted = (lines: RepeatedLines, kind: string, times: number): number =>
  Array.from({ length: times }, () => lines.admits(kind, { kind })).filter(Boolean).length;

describe('lines that repeat', () => {
  it('are written so many times a second, and the rest is counted when the second is over', () => {
    const lines = open(3);
    expect(admitted(lines, 'a', 50_000)).toBe(3);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual([[{ kind: 'a' }, 49_997]]);
    expect(admitted(lines, 'a', 2)).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(told).toHaveLength(1);
  });

  it('are counted by kind', () => {
    const lines = open(1);
    expect([admitted(lines, 'a', 2), admitted(lines, 'b', 1)]).toEqual([1, 1]);
    lines.close();
    expect(told).toEqual([[{ kind: 'a' }, 1]]);
  });

  it('of kinds without end share one account, so that nobody can fill the memory or the log', () => {
    const lines = open(1);
    for (let i = 0; i < 2_000; i++) admitted(lines, `sale ${i}`, 1);
    lines.close();
    expect(told).toEqual([[{ kinds: 'many kinds' }, 1_499]]);
  });

  it('are none at all with a limit of 0, and still counted', () => {
    const lines = open(0);
    expect(admitted(lines, 'a', 5)).toBe(0);
    lines.close();
    expect(told).toEqual([[{ kind: 'a' }, 5]]);
  });
});
