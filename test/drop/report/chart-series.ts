import type { Histogram } from 'hdr-histogram-js';
import { percentileMs } from '../figures.js';
import type { Outcome } from '../rehearsal.js';

/** What the page draws; columns of one length each, as uPlot takes them. */
export interface ChartSeries {
  readonly stock: { at: number[]; sold: number[]; checkout: number[]; held: number[]; available: number[] };
  readonly pace: { at: number[]; arrivals: number[]; requests: number[]; answers: number[]; held: number[] };
  readonly latency: {
    at: number[];
    p50: (number | null)[];
    p90: (number | null)[];
    p99: (number | null)[];
    max: (number | null)[];
  };
  readonly percentiles: { name: string; odds: number[]; ms: number[] }[];
  readonly refusals: { at: number[]; codes: { code: string; counts: number[] }[] };
  readonly fairness: { at: number[]; bought: number[]; lost: number[]; refused: number[]; unknown: number[] };
}

/** Points for each factor of ten of "one in so many". */
const POINTS = 12;
/** Each in its own colour; the rest is one more. */
const CODES_SHOWN_MAX = 5;
const SHOWN = ['decision', 'checkout', 'confirm', 'read'];

export function chartSeriesOf({ stock, figures, fairness, tookMs }: Outcome): ChartSeries {
  const seconds = figures.seconds.slice(0, Math.ceil(tookMs / 1_000) + 1);
  const at = seconds.map((_, i) => i);
  const latency = (percentage: number): (number | null)[] =>
    seconds.map(({ decision }) => (decision.totalCount > 0 ? percentileMs(decision, percentage) : null));
  return {
    stock: {
      at: stock.map((sample) => sample.at / 1_000),
      sold: stock.map(({ sold }) => sold),
      checkout: stock.map(({ checkout }) => checkout),
      held: stock.map(({ held }) => held),
      available: stock.map(({ available }) => available),
    },
    pace: {
      at,
      arrivals: seconds.map(({ arrivals }) => arrivals),
      requests: seconds.map(({ requests }) => requests),
      answers: seconds.map(({ answers }) => answers),
      held: seconds.map(({ held }) => held),
    },
    latency: { at, p50: latency(50), p90: latency(90), p99: latency(99), max: latency(100) },
    percentiles: SHOWN.flatMap((name) => {
      const of = figures.latency.get(name);
      return of ? [{ name, ...curveOf(of) }] : [];
    }),
    refusals: { at, codes: refusalsOf(seconds) },
    fairness: {
      at: fairness.groups.map(({ from, to }) => (from + to) / 2),
      bought: fairness.groups.map(({ bought }) => bought * 100),
      lost: fairness.groups.map(({ lost }) => lost * 100),
      refused: fairness.groups.map(({ refused }) => refused * 100),
      unknown: fairness.groups.map(({ unknown }) => unknown * 100),
    },
  };
}

/** "One in so many took longer than that", up to one in all of them. */
function curveOf(of: Histogram): { odds: number[]; ms: number[] } {
  const odds: number[] = [];
  for (let i = 0; 10 ** (i / POINTS) < of.totalCount; i++) odds.push(10 ** (i / POINTS));
  odds.push(Math.max(1, of.totalCount));
  return { odds, ms: odds.map((each) => percentileMs(of, 100 * (1 - 1 / each))) };
}

function refusalsOf(seconds: readonly { refused: Record<string, number> }[]): { code: string; counts: number[] }[] {
  const totals = new Map<string, number>();
  for (const { refused } of seconds)
    for (const [code, count] of Object.entries(refused)) totals.set(code, (totals.get(code) ?? 0) + count);
  const codes = [...totals].sort(([, a], [, b]) => b - a).map(([code]) => code);
  const shown = codes.slice(0, CODES_SHOWN_MAX);
  const rest = codes.slice(CODES_SHOWN_MAX);
  const sum = (refused: Record<string, number>, of: readonly string[]): number =>
    of.reduce((all, code) => all + (refused[code] ?? 0), 0);
  return [
    ...shown.map((code) => ({ code, counts: seconds.map(({ refused }) => refused[code] ?? 0) })),
    ...(rest.length > 0 ? [{ code: 'others', counts: seconds.map(({ refused }) => sum(refused, rest)) }] : []),
  ];
}
