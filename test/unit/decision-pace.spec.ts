import { DECISION_MS_MAX, DecisionPace } from '../../src/reservations/decision-pace.js';

let now = 0;
let pace: DecisionPace;
beforeEach(() => {
  now = 0;
  pace = new DecisionPace(() => now);
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

/** A batch whose decision is told after `ms`; null: it never is. */
async function batch(ms: number | null): Promise<void> {
  let tell: (change: unknown) => void = () => undefined;
  const over = pace.until(new Promise((resolve) => (tell = resolve)));
  now += ms ?? DECISION_MS_MAX;
  tell(ms === null ? null : 'held');
  await over;
}

describe('the pace of batches', () => {
  it('begins with 50 ms, and does not fall below', async () => {
    expect(pace.patienceMs).toBe(50);
    for (let i = 0; i < 10; i++) await batch(1);
    expect(pace.patienceMs).toBe(50);
  });

  it('waits four times as long as decisions take lately, and never longer than they could be told', async () => {
    for (let i = 0; i < 30; i++) await batch(200);
    expect(pace.patienceMs).toBeCloseTo(800, -1);
    for (let i = 0; i < 30; i++) await batch(1_900);
    expect(pace.patienceMs).toBe(DECISION_MS_MAX);
    for (let i = 0; i < 60; i++) await batch(5);
    expect(pace.patienceMs).toBe(50);
  });

  it('waits no longer than at first once nobody decides', async () => {
    for (let i = 0; i < 30; i++) await batch(400);
    await batch(null);
    expect(pace.patienceMs).toBe(50);
  });

  it('ends when patience does, and learns from a decision that is told later', async () => {
    let tell: (change: unknown) => void = () => undefined;
    const over = pace.until(new Promise((resolve) => (tell = resolve)));
    await jest.advanceTimersByTimeAsync(50);
    await over;
    expect(pace.patienceMs).toBe(50);
    now = 1_000;
    tell('held');
    await jest.advanceTimersByTimeAsync(0);
    expect(pace.patienceMs).toBeGreaterThan(900);
  });
});
