import { RULES } from './check-history.js';
import type { ChaosOptions, ChaosOutcome } from './chaos-run.js';
import { faultTable } from './fault-table.js';
import { promisedTimes } from './promised-times.js';

const FINDINGS_SHOWN_MAX = 20;

export const RUNS_HEAD = [
  '| seed | stock | faults | carts | operations | ok | refused | unknown | holds | orders | stock changes | findings |',
  '|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
];

/** One run as a row of a table of runs. */
export function rowOf(outcome: ChaosOutcome, { seed, stock }: ChaosOptions): string {
  const { strikes, carts, history, stockChanges, findings } = outcome;
  const faults = strikes.flatMap(({ kinds }) => kinds);
  const { operations, rows, orders } = history;
  const count = (of: string): number => operations.filter((each) => each.outcome === of).length;
  const cells = [
    ...[seed, stock, `${faults.length} of ${new Set(faults).size} kinds`, carts, operations.length],
    ...[count('ok'), count('fail'), count('unknown'), rows.length, orders.length, stockChanges, findings.length],
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What happened, how soon it was over, and the verdict. */
export function reportOf(outcome: ChaosOutcome, options: ChaosOptions): string {
  const { findings, strikes, history } = outcome;
  const verdicts = RULES.map((rule) => `${findings.filter((each) => each.rule === rule).length} ${rule}`);
  const shown = findings.slice(0, FINDINGS_SHOWN_MAX).map(({ rule, what }) => `- ${rule}: ${what}`);
  if (findings.length > FINDINGS_SHOWN_MAX) shown.push(`- … and ${findings.length - FINDINGS_SHOWN_MAX} more`);
  return [
    ...[faultTable(strikes), '', promisedTimes(strikes, history.operations), ''],
    ...[...RUNS_HEAD, rowOf(outcome, options), '', verdicts.join(', '), ...shown],
  ].join('\n');
}
