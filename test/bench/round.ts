import type { BenchStores } from './bench-stores.js';
import { type Contender, type ContenderName, CONTENDERS } from './contenders.js';
import type { Holdfast, ReserveRequest } from './holdfast.js';
import type { LoadPlan } from './load/load-plan.js';
import { runLoad, type Sample } from './load/run-load.js';
import { untilAtRest } from './rest.js';

/** What a row asks of a load beyond the pace of the run. */
export type LoadAsked = ReserveRequest &
  Partial<LoadPlan> & {
    readonly status: number | readonly number[];
    /** Begins beside whatever is under way: the row measures just that. */
    readonly atOnce?: boolean;
  };

/** A service that was still at work for something else turns requests away and says to repeat them. */
const TRIES = 3;
const TURNED_AWAY = 503;

export interface Pace {
  readonly rounds: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Only to see that everything still works: as little of everything as can be. */
  readonly tiny: boolean;
}

/** Contenders that run; each is started when it is first measured and stays, so that later rounds find it warm. */
export class Arena {
  private readonly started = new Map<ContenderName, Contender>();
  private firstNumber = 0;

  constructor(
    readonly stores: BenchStores,
    readonly pace: Pace,
    readonly say: (line: string) => void,
  ) {}

  async measure(name: ContenderName): Promise<Sample> {
    const { request, status } = await this.contender(name);
    return this.load(name, name, { ...request, status });
  }

  /**
   * A load of a row's own on a contender that is at rest; every answer must have the status that the row names, or one of
   * them. Where some were turned away it is measured again.
   */
  async load(label: string, name: ContenderName, asked: LoadAsked): Promise<Sample> {
    const { programs } = await this.contender(name);
    const { status, atOnce = false, ...plan } = asked;
    const allowed = [status].flat();
    for (let tries = 1; ; tries++) {
      if (!atOnce) await this.atRest(name);
      const sample = await this.run(programs, plan);
      const wrong = Object.keys(sample.statuses).filter((each) => !allowed.includes(Number(each)));
      if (wrong.length === 0) {
        this.say(`${label}: ${describe(sample)}`);
        return sample;
      }
      const answered = `${label} answered ${JSON.stringify(sample.statuses)}`;
      const again = wrong.every((each) => Number(each) === TURNED_AWAY) && !atOnce && plan.valuesFile === undefined;
      if (!again || tries === TRIES) throw new Error(answered);
      this.say(`${answered}: once more`);
    }
  }

  /** Returns once nothing is left of what a contender did before. */
  async atRest(name: ContenderName): Promise<void> {
    const { programs } = await this.contender(name);
    if (!(await untilAtRest(this.stores, programs))) this.say(`${name} is still at work after a minute; going on`);
  }

  private async run(programs: Contender['programs'], plan: ReserveRequest & Partial<LoadPlan>): Promise<Sample> {
    const { warmSeconds, seconds, connections } = this.pace;
    const load = { warmSeconds, seconds, connections, firstNumber: this.firstNumber, ...plan };
    const sample = await runLoad(this.stores, programs, load);
    this.firstNumber += sample.used;
    return sample;
  }

  /** The Holdfast that the crowd's requests go to. */
  async holdfast(): Promise<Holdfast> {
    const { holdfast } = await this.contender('reserve');
    if (!holdfast) throw new Error('reserve is no Holdfast');
    return holdfast;
  }

  async contender(name: ContenderName): Promise<Contender> {
    const known = this.started.get(name);
    if (known) return known;
    const contender = await CONTENDERS[name](this.stores);
    this.started.set(name, contender);
    return contender;
  }

  async stop(): Promise<void> {
    for (const contender of this.started.values()) await contender.stop();
  }
}

/** One round: each contender is measured at most once in it, whichever rows ask, so that all rows compare the same minute. */
export class Round {
  private readonly samples = new Map<ContenderName, Sample>();

  constructor(readonly arena: Arena) {}

  async sample(name: ContenderName): Promise<Sample> {
    const known = this.samples.get(name);
    if (known) return known;
    const sample = await this.arena.measure(name);
    this.samples.set(name, sample);
    return sample;
  }

  get all(): ReadonlyMap<ContenderName, Sample> {
    return this.samples;
  }
}

/** A sample as a line for people. */
export function describe({ perSecond, p50Ms, p99Ms, cpu }: Sample): string {
  const spent = Object.entries(cpu).map(([stage, micros]) => `${stage} ${micros === null ? '–' : micros.toFixed(0)}`);
  return `${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; CPU µs each: ${spent.join(', ')}`;
}
