import type { Dice } from '../e2e/shopper.js';
import type { ChaosSystem } from './chaos-system.js';
import type { Strike } from './fault-table.js';
import { type Fault, FAULTS } from './faults.js';
import { pass } from './pass.js';
import { isKillOfWorker, UNDISTURBED_MS } from './promised-times.js';
import { steadyNow } from './recorder.js';

const GAP_MS_MIN = 300;
const GAP_MS_SPREAD = 1_500;

/** Strikes the system with one fault after the other, and sometimes with two at once, as a seed decides. */
export class Strikes {
  readonly done: Strike[] = [];
  /** What the system did not recover from in a minute; the faults end with the first. */
  readonly lasting: string[] = [];
  /** When Redis may have lost what it knew. */
  readonly lossesAt: number[] = [];
  private deck: Fault[] = [];

  constructor(
    private readonly system: ChaosSystem,
    private readonly dice: Dice,
  ) {}

  /**
   * Every kind comes before any comes again. The next one waits until holds are acknowledged again, and not until every
   * process is whole: what befalls a system that is still recovering is worth knowing too. After a worker's death alone it
   * waits longer, or what is promised of that would be a figure of the next fault.
   */
  async until(endAt: number, stop: AbortSignal, told: (strike: Strike) => void): Promise<void> {
    const recoveries: Promise<void>[] = [];
    while (performance.now() < endAt && !stop.aborted && this.lasting.length === 0) {
      await pass(GAP_MS_MIN + this.dice(GAP_MS_SPREAD));
      // A copy while something fails may be no copy; the older ones stay.
      await this.system.copyRedis().catch(() => undefined);
      const faults = this.draw();
      const from = steadyNow();
      await Promise.all(faults.map((fault) => fault.strike(this.system, this.dice)));
      if (faults.some(({ losesRedis }) => losesRedis)) this.lossesAt.push(from, steadyNow());
      const kinds = faults.map(({ kind }) => kind);
      const whole = this.system.untilWhole();
      const lasts = (error: unknown): number => this.noRecovery(kinds, error);
      const goneAt = steadyNow();
      const firstMs = await this.system.untilServing().catch(lasts);
      const strike: Strike = { kinds, at: from, goneAt, firstMs, allMs: NaN };
      this.done.push(strike);
      told(strike);
      recoveries.push(whole.catch(lasts).then((allMs) => void (strike.allMs = allMs)));
      if (isKillOfWorker(strike)) await pass(Math.max(0, from + UNDISTURBED_MS - steadyNow()));
    }
    await Promise.all(recoveries);
  }

  private noRecovery(kinds: readonly string[], error: unknown): number {
    this.lasting.push(`${kinds.join(' and ')}: ${error instanceof Error ? error.message : String(error)}`);
    return NaN;
  }

  private draw(): Fault[] {
    const first = this.drawOne(() => true);
    if (this.dice(5) > 0) return [first];
    return [first, this.drawOne(({ group }) => group !== first.group)];
  }

  private drawOne(fits: (fault: Fault) => boolean): Fault {
    if (!this.deck.some(fits)) this.deck.push(...shuffled(FAULTS, this.dice));
    const [drawn] = this.deck.splice(this.deck.findIndex(fits), 1);
    if (!drawn) throw new Error('no fault fits');
    return drawn;
  }
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(dice(left.length), 1));
}
