import { seeded } from '../e2e/crowd.js';
import { Timeline } from './timeline.js';

describe('a timeline', () => {
  it('runs what is due in the order of its times, however it was put in', async () => {
    const dice = seeded(3);
    const from = performance.now();
    const ran: number[] = [];
    await new Promise<void>((resolve) => {
      const timeline = new Timeline(() => performance.now());
      const times = Array.from({ length: 300 }, () => from + dice(30));
      for (const at of times)
        timeline.at(at, () => {
          ran.push(at);
          if (ran.length === times.length) resolve();
        });
    });
    expect(ran).toEqual([...ran].sort((a, b) => a - b));
  });

  it('tells how late it was', async () => {
    const late: number[] = [];
    let now = 0;
    const timeline = new Timeline(
      () => now,
      (ms) => late.push(ms),
    );
    now = 50;
    await new Promise<void>((resolve) => timeline.at(20, resolve));
    expect(late).toEqual([30]);
  });

  it('lets others have their turn however much is due', async () => {
    let now = 0;
    let ran = 0;
    const timeline = new Timeline(() => now++); // each look at the clock is a millisecond
    for (let i = 0; i < 1_000; i++) timeline.at(0, () => ran++);
    const ranThen = await new Promise<number>((resolve) => {
      timeline.at(0, () => undefined);
      const look = (): void => (ran > 0 ? resolve(ran) : void setImmediate(look));
      look();
    });
    expect(ranThen).toBeLessThan(1_000);
  });

  it('drops what is left when it is closed, and everything afterwards', () => {
    const timeline = new Timeline(() => performance.now());
    const said: string[] = [];
    const put = (name: string): void =>
      timeline.at(
        Infinity,
        () => said.push(`ran ${name}`),
        () => said.push(name),
      );
    put('a');
    put('b');
    timeline.close();
    put('c');
    expect(said).toEqual(['a', 'b', 'c']);
  });
});
