import { quantile, seconds, type Strike } from './fault-table.js';
import { casesOf, type Operation } from './history.js';

/** No other fault strikes for so long after a worker's death: longer than its recovery is promised to take. */
export const UNDISTURBED_MS = 4_500;
/** Of a death concern those who asked within so long before it, and so long after. */
const BEFORE_MS = 2_000;
const AFTER_MS = 1_000;

/** The death of a worker, and of nothing else at the same time. */
export const isKillOfWorker = ({ kinds }: Pick<Strike, 'kinds'>): boolean => kinds.join() === 'worker: kill -9';

/**
 * How long customers waited for the outcome of what they asked for around a worker's death, in ms: from the death, or from
 * asking where that was later. Deaths in a system that was still recovering, or that was struck again soon, do not count.
 */
export function outcomesAfterKills(strikes: readonly Strike[], operations: readonly Operation[]): number[] {
  const kills = strikes.filter((strike) => isKillOfWorker(strike) && isUndisturbed(strike, strikes));
  const decided = casesOf({ operations, rows: [], orders: [] }).flatMap((each) => {
    const asked = each.operations.find(({ kind }) => kind === 'reserve');
    const outcome = each.operations.find(
      ({ outcome, told }) => outcome === 'fail' || (outcome === 'ok' && told !== null && told.standing !== 'queued'),
    );
    return asked && outcome ? [{ askedAt: asked.invokedAt, decidedAt: outcome.endedAt }] : [];
  });
  return kills.flatMap(({ at }) =>
    decided
      .filter(({ askedAt, decidedAt }) => askedAt >= at - BEFORE_MS && askedAt <= at + AFTER_MS && decidedAt > at)
      .map(({ askedAt, decidedAt }) => decidedAt - Math.max(askedAt, at)),
  );
}

const isUndisturbed = ({ at }: Strike, strikes: readonly Strike[]): boolean =>
  strikes.every((other) =>
    // Whole again before, or not yet there. One that was never seen to recover disturbs whatever comes after it.
    other.at < at ? other.goneAt + other.allMs <= at : other.at === at || other.at >= at + UNDISTURBED_MS,
  );

/** What is promised of recovery, each with what came out, as lines of a Markdown table. */
export function promisedTimes(strikes: readonly Strike[], operations: readonly Operation[]): string {
  const served = (...kinds: string[]): number[] =>
    strikes
      .filter((strike) => strike.kinds.length === 1 && kinds.includes(strike.kinds[0] ?? ''))
      .map((s) => s.firstMs);
  const rows: [string, number, number[]][] = [
    ['worker kill -9 → outcome', 3, outcomesAfterKills(strikes, operations)],
    ['FLUSHALL → next hold', 5, served('redis: FLUSHALL')],
    ['Redis back → next hold', 3, served('redis: kill -9', 'redis: older file', 'redis: SIGSTOP')],
    ['Postgres back → next hold', 3, served('postgres: kill -9', 'postgres: SIGSTOP')],
    ['network back → next hold', 3, served(...new Set(strikes.flatMap(({ kinds }) => kinds.filter(isNetwork))))],
  ];
  const lines = rows.map(([what, most, ms]) => {
    const times = ms.length === 0 ? ['-', '-', '-'] : [0.5, 0.99, 1].map((q) => seconds(quantile(ms, q)));
    return `| ${what} | ${most} | ${ms.length} | ${times.join(' | ')} |`;
  });
  return ['| recovery | at most s | times | p50 s | p99 s | max s |', '|---|---:|---:|---:|---:|---:|', ...lines].join(
    '\n',
  );
}

const isNetwork = (kind: string): boolean => /: (cut|drop-replies|delay|throttle|half-open)$/.test(kind);
