import { pino } from 'pino';
import { Ticker } from '../../src/platform/ticker.js';

const INTERVAL_MS = 1_000;

let ends: (() => void)[];
let ticker: Ticker;
beforeEach(() => {
  jest.useFakeTimers();
  ends = [];
  const runOnce = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  ticker = new Ticker('test', INTERVAL_MS, runOnce, pino({ level: 'silent' }));
  ticker.start();
});
afterEach(() => {
  jest.useRealTimers();
});

/** How many runs have begun once so much time has passed. */
const begunAfter = async (ms: number): Promise<number> => {
  await jest.advanceTimersByTimeAsync(ms);
  return ends.length;
};
const endLast = (): void => ends.at(-1)?.();

describe('a ticker', () => {
  it('runs at once, and again an interval after the end of a run, however long that took', async () => {
    expect(await begunAfter(0)).toBe(1);
    expect(await begunAfter(5 * INTERVAL_MS)).toBe(1);
    endLast();
    expect(await begunAfter(INTERVAL_MS - 1)).toBe(1);
    expect(await begunAfter(1)).toBe(2);
  });

  it('that is nudged between two runs begins the next one now, and only that one', async () => {
    await begunAfter(0);
    endLast();
    await begunAfter(0);
    ticker.nudge();
    ticker.nudge();
    expect(await begunAfter(0)).toBe(2);
    endLast();
    expect(await begunAfter(INTERVAL_MS - 1)).toBe(2);
  });

  it('that is nudged while it runs runs once more right after, and only once', async () => {
    await begunAfter(0);
    ticker.nudge();
    ticker.nudge();
    expect(await begunAfter(INTERVAL_MS)).toBe(1);
    endLast();
    expect(await begunAfter(0)).toBe(2);
    endLast();
    expect(await begunAfter(INTERVAL_MS - 1)).toBe(2);
    expect(await begunAfter(1)).toBe(3);
  });

  it('that is stopped while it runs does not run once more, though it was nudged', async () => {
    await begunAfter(0);
    ticker.nudge();
    const stopped = ticker.stop();
    ticker.nudge();
    endLast();
    await stopped;
    ticker.nudge();
    expect(await begunAfter(10 * INTERVAL_MS)).toBe(1);
  });
});
