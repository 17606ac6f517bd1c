import { Behind, type Waits } from '../../src/reservations/behind.js';
import { ReturnTimes } from '../../src/reservations/return-times.js';

const MS_MAX = 500;
const QUIET: Waits = { turnMs: 0, waitMs: 0 };
const LONG: Waits = { turnMs: MS_MAX + 1, waitMs: 0 };
const LONG_WAIT: Waits = { turnMs: 0, waitMs: MS_MAX + 1 };

/** A rule that has looked at these waits, one a turn, and has just taken somebody in. */
function after(...looks: Waits[]): Behind {
  const behind = new Behind(MS_MAX);
  for (const waits of looks) behind.look(waits, 0);
  expect(behind.admits(QUIET, 0)).toBe(true);
  return behind;
}

describe('a process', () => {
  it('is in time while nobody waits longer than is nobody’s trouble', () => {
    const behind = after({ turnMs: MS_MAX, waitMs: MS_MAX }, { turnMs: MS_MAX, waitMs: MS_MAX });
    expect(behind.is).toBe(false);
    expect(behind.admits({ turnMs: MS_MAX, waitMs: MS_MAX }, 0)).toBe(true);
  });

  it('is not behind by one long turn: the machine may have paused', () => {
    expect(after(QUIET, LONG, QUIET, LONG).is).toBe(false);
    expect(after(QUIET).admits({ turnMs: 60_000, waitMs: 0 }, 0)).toBe(true);
  });

  it.each([
    ['turns', LONG],
    ['waits', LONG_WAIT],
  ])('is behind by two long %s, one after the other', (_, waits) => {
    const behind = after(waits, waits);
    expect(behind.is).toBe(true);
    expect(behind.admits(waits, 0)).toBe(false);
  });

  it('is behind within the second long turn already', () => {
    const behind = after(LONG);
    expect(behind.admits({ turnMs: MS_MAX, waitMs: 0 }, 0)).toBe(true);
    expect(behind.admits(LONG, 0)).toBe(false);
    expect(behind.is).toBe(true);
  });

  it('takes in the first requests of each turn all the same, while nobody waits long', () => {
    const behind = after(LONG, LONG);
    expect(behind.admits({ turnMs: 25, waitMs: 125 }, 0)).toBe(true);
    expect(behind.admits({ turnMs: 26, waitMs: 0 }, 0)).toBe(false);
    expect(behind.admits({ turnMs: 0, waitMs: 126 }, 0)).toBe(false);
  });

  it('takes one in every now and then, whatever waits: a single buyer is no crowd', () => {
    const behind = after(LONG, LONG);
    expect(behind.admits(LONG, 50)).toBe(false);
    expect(behind.admits(LONG, 51)).toBe(true);
    expect(behind.admits(LONG, 51)).toBe(false);
  });

  it('is in time again once nobody was turned away for a second, however short the waits were before', () => {
    const behind = after(LONG, LONG);
    behind.look(QUIET, 900);
    expect(behind.admits(QUIET, 900)).toBe(true);
    expect(behind.admits({ turnMs: 26, waitMs: 0 }, 900)).toBe(false);
    behind.look(QUIET, 1_900);
    expect(behind.is).toBe(true);
    behind.look(QUIET, 1_901);
    expect(behind.is).toBe(false);
    expect(behind.admits({ turnMs: 26, waitMs: 126 }, 1_901)).toBe(true);
  });

  it('stays behind while waits are long, though nobody new asks', () => {
    const behind = after(LONG, LONG);
    behind.look(LONG, 60_000);
    expect(behind.is).toBe(true);
  });
});

/** What so many are told who are turned away in one moment. */
function tell(times: ReturnTimes, count: number, now = 0): number[] {
  return Array.from({ length: count }, () => times.secondsOfNext(now));
}
const latest = (): number => 1 - Number.EPSILON;
const perSecond = (told: readonly number[]): number[] => {
  const counts: number[] = [];
  for (const second of told) counts[second] = (counts[second] ?? 0) + 1;
  return counts;
};

describe('those who are turned away', () => {
  it('come back in a second when they are few', () => {
    expect(new Set(tell(new ReturnTimes(), 200))).toEqual(new Set([1]));
  });

  it('come back one after the other, 200 a second, when they are many', () => {
    const counts = perSecond(tell(new ReturnTimes(latest), 4_000));
    expect(counts.slice(1)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('come back as many a second as were taken in lately', () => {
    const times = new ReturnTimes(latest);
    for (let i = 0; i < 2_000; i++) times.noteTaken(0);
    expect(Math.max(...tell(times, 4_000))).toBe(2);
    expect(Math.max(...tell(times, 4_000, 60_000))).toBe(20);
  });

  it('are told no longer than half a minute, and not all the same second', () => {
    let drawn = 0;
    const told = tell(new ReturnTimes(() => (drawn++ % 100) / 100), 40_000).slice(-10_000);
    expect(Math.max(...told)).toBe(30);
    expect(Math.min(...told)).toBe(15);
    expect(Math.max(...perSecond(told).filter((count) => count > 0))).toBeLessThanOrEqual(800);
  });

  it('are told little again when those before them have come back', () => {
    const times = new ReturnTimes(latest);
    expect(tell(times, 4_000).at(-1)).toBe(20);
    expect(tell(times, 1, 15_000)).toEqual([6]);
    expect(tell(times, 1, 60_000)).toEqual([1]);
  });
});
