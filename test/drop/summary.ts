import { percentileMs } from './figures.js';
import type { Outcome } from './rehearsal.js';

const FINDINGS_SHOWN_MAX = 5;
const n = (count: number): string => count.toLocaleString('en');

/** How it ended, for a terminal. */
export function summaryOf({ verdict, figures, fairness, health, stopped, tookMs }: Outcome): string[] {
  const { counts, latency, refused, unanswered } = figures;
  const decisions = latency.get('decision');
  const at = (percent: number): string => `${(decisions ? percentileMs(decisions, percent) : 0).toFixed(1)} ms`;
  const codes = Object.entries({ ...refused, ...unanswered }).sort(([, a], [, b]) => b - a);
  return [
    `${stopped ? 'Stopped after' : 'Over after'} ${(tookMs / 1_000).toFixed(1)} s: ${n(counts.arrivals)} buyers, ${n(counts.requests)} requests, ${n(verdict.figures.sold)} of ${n(verdict.figures.capacity)} units sold in ${n(verdict.figures.orders)} orders`,
    `A buyer knew after p50 ${at(50)}, p90 ${at(90)}, p99 ${at(99)}, at most ${at(100)}`,
    `Refused: ${codes.length === 0 ? 'nobody' : codes.map(([code, count]) => `${n(count)} ${code}`).join(', ')}`,
    `Fairness: ${n(fairness.overtaken)} of ${n(fairness.refused)} who were refused for want of units had been overtaken${fairness.overtaken > 0 ? `, by ${fairness.overtakenMsMax.toFixed(0)} ms at most` : ''}`,
    ...health.limits.map((limit) => `The generator was the limit: ${limit}`),
    '',
    `The auditor's verdict: ${verdict.passed ? 'nothing lost, nothing sold twice' : 'FAILED'}`,
    ...verdict.checks.flatMap(({ name, looked, findings }) => [
      `  ${findings.length === 0 ? '✓' : '✗'} ${name.padEnd(28)} ${looked}`,
      ...findings.slice(0, FINDINGS_SHOWN_MAX).map((finding) => `      ${finding}`),
      ...(findings.length > FINDINGS_SHOWN_MAX ? [`      … and ${findings.length - FINDINGS_SHOWN_MAX} more`] : []),
    ]),
  ];
}
