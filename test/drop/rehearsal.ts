import type { Operation } from '../chaos/history.js';
import { type Fairness, fairnessOf } from './fairness.js';
import type { Figures } from './figures.js';
import { type PartOfRun, steadyNow, type Target, type Task } from './generator.js';
import { type GeneratorHealth, healthOf } from './generator-health.js';
import type { Crowd } from './generators.js';
import type { Plan } from './plan.js';
import { type FinalLedger, readLedger } from './read-ledger.js';
import { Service } from './service.js';
import { type AfterTheRush, settle } from './settle.js';
import { type StockSample, StockWatch } from './stock-watch.js';
import { judge, type Verdict } from './verdict.js';

/** Who is told how it goes. */
export interface Audience {
  say(what: string): void;
  /** Several times a second, while buyers are inside. */
  show(now: Moment): void;
}

export interface Moment {
  readonly atMs: number;
  readonly figures: Figures;
  readonly stock: StockSample | undefined;
}

/** A rehearsal that has come to its end. */
export interface Outcome {
  readonly plan: Plan;
  readonly saleId: string;
  readonly url: string;
  readonly version: string;
  readonly startedAt: number;
  /** Until the last buyer had left. */
  readonly tookMs: number;
  /** Ended by somebody, before everybody had come. */
  readonly stopped: boolean;
  readonly figures: Figures;
  readonly stock: readonly StockSample[];
  readonly fairness: Fairness;
  readonly verdict: Verdict;
  readonly health: GeneratorHealth;
  readonly history: readonly Operation[];
}

export interface Stage {
  readonly plan: Plan;
  readonly target: Target;
  readonly generators: number;
  readonly crowd: (task: Omit<Task, 'part' | 'parts'>) => Crowd;
  /** The first wish to end: the report comes so far. */
  readonly stop: AbortSignal;
  readonly audience: Audience;
  /** Changes the ledger as it was read; for who tries whether the auditor looks. */
  readonly readLedger?: (rush: AfterTheRush) => Promise<FinalLedger>;
}

/** Everybody is ready before the first one comes. */
const HEAD_START_MS = 500;
const SHOW_MS = 500;

/** From the making of the sale to the verdict. */
export async function rehearse(stage: Stage): Promise<Outcome> {
  const { plan, target, stop, audience } = stage;
  const service = new Service(target);
  let saleId: string | null = null;
  try {
    const { version } = await service.greet();
    const sale = await service.openSale(plan);
    saleId = sale.id;
    const clockAheadMs = await service.clockAheadMs(saleId);
    const crowd = stage.crowd({ plan, sale, target });
    const startAt: { ms: number } = { ms: 0 };
    const watch = new StockWatch(service, saleId, () => steadyNow() - startAt.ms);
    const run = await sell(stage, crowd, watch, startAt).finally(() => crowd.end());
    const tookMs = steadyNow() - startAt.ms;
    const history = [...run.history];
    const rush = { service, saleId, plan, history, hurry: stop, say: (what: string) => audience.say(what) };
    await settle(rush);
    await watch.stop();
    const ledger = await (stage.readLedger ?? readLedger)(rush);
    const told = history.map((operation) => onOurClock(operation, clockAheadMs));
    const rows = ledger.rows.map((row) => ({ ...row, deadline: row.deadline - clockAheadMs }));
    return {
      ...{ plan, saleId, url: target.url, version, startedAt: startAt.ms, tookMs, stopped: stop.aborted },
      ...{ figures: run.figures, stock: watch.samples, fairness: fairnessOf(run.visits) },
      verdict: judge(plan, { ...ledger, rows }, told, run.faults),
      health: healthOf(run.figures, stage.generators),
      history,
    };
  } finally {
    if (saleId !== null) await service.closeSale(saleId).catch(() => undefined);
    service.close();
  }
}

async function sell(
  { plan, stop, audience }: Stage,
  crowd: Crowd,
  watch: StockWatch,
  startAt: { ms: number },
): Promise<PartOfRun> {
  audience.say(`${plan.buyers.toLocaleString('en')} buyers get ready`);
  await crowd.prepare();
  startAt.ms = steadyNow() + HEAD_START_MS;
  const close = (): void => crowd.close();
  stop.addEventListener('abort', close, { once: true });
  const timer = setInterval(() => {
    audience.show({ atMs: steadyNow() - startAt.ms, figures: crowd.tally(), stock: watch.samples.at(-1) });
  }, SHOW_MS);
  watch.start();
  try {
    const running = crowd.run(startAt.ms);
    if (stop.aborted) close();
    return await running;
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', close);
  }
}

/** Deadlines are told by the service's clock, and answers are timed by ours. */
function onOurClock(operation: Operation, aheadMs: number): Operation {
  const { told } = operation;
  if (!told || told.deadline === null) return operation;
  return { ...operation, told: { ...told, deadline: told.deadline - aheadMs } };
}
