import { percentileMs } from './figures.js';
import { type Plan, unitsOf } from './plan.js';
import type { Audience, Moment } from './rehearsal.js';

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const PLAIN_EVERY_MS = 2_000;
const BAR = 40;
const WIDTH_MAX = 110;
const n = (count: number): string => count.toLocaleString('en');

/** How a rehearsal goes: a picture that is drawn anew in a terminal, a line every two seconds anywhere else. */
export class LiveView implements Audience {
  private drawn = 0;
  private toldAt = -Infinity;
  private before: { atMs: number; requests: number; answers: number; arrivals: number } | null = null;

  constructor(
    private readonly plan: Plan,
    private readonly screen: Screen,
    private readonly seconds: () => number = () => process.uptime(),
  ) {}

  say(what: string): void {
    this.clear();
    this.screen.write(`  ${this.seconds().toFixed(1).padStart(6)} s  ${what}\n`);
  }

  show(now: Moment): void {
    if (now.atMs < 0) return;
    if (this.screen.isTTY) return this.draw(pictureOf(this.plan, now, this.rates(now)));
    if (now.atMs - this.toldAt < PLAIN_EVERY_MS) return;
    this.toldAt = now.atMs;
    this.say(lineOf(now, this.rates(now)));
  }

  /** Takes the picture off, so that something else can be printed. */
  clear(): void {
    if (this.drawn > 0) this.screen.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }

  private draw(lines: readonly string[]): void {
    const width = Math.min(WIDTH_MAX, (this.screen.columns ?? 80) - 1);
    this.clear();
    this.screen.write(lines.map((line) => `${line.slice(0, width)}\n`).join(''));
    this.drawn = lines.length;
  }

  private rates({ atMs, figures: { counts } }: Moment): Rates {
    const { requests, answers, arrivals } = counts;
    const before = this.before ?? { atMs: 0, requests: 0, answers: 0, arrivals: 0 };
    const seconds = Math.max(0.001, (atMs - before.atMs) / 1_000);
    const rate = (now: number, then: number): number => Math.max(0, Math.round((now - then) / seconds));
    this.before = { atMs, requests, answers, arrivals };
    return {
      requests: rate(requests, before.requests),
      answers: rate(answers, before.answers),
      arrivals: rate(arrivals, before.arrivals),
    };
  }
}

interface Rates {
  readonly requests: number;
  readonly answers: number;
  readonly arrivals: number;
}

function lineOf({ atMs, figures, stock }: Moment, { answers }: Rates): string {
  const { counts } = figures;
  const refused = Object.values(figures.refused).reduce((sum, count) => sum + count, 0);
  const latency = latencyOf(figures);
  const at = `${(atMs / 1_000).toFixed(0)} s`;
  return `${at}: ${n(counts.arrivals)} came, ${n(counts.inside)} inside, ${n(answers)} answers/s, ${latency}, ${stockOf(stock)}, ${n(refused)} refused`;
}

function pictureOf(plan: Plan, { atMs, figures, stock }: Moment, rates: Rates): string[] {
  const { counts, refused, unanswered, late } = figures;
  const share = counts.arrivals / plan.buyers;
  const label = (text: string): string => `  ${text.padEnd(11)}`;
  const named = Object.entries({ ...refused, ...unanswered }).sort(([, a], [, b]) => b - a);
  const units = unitsOf(plan);
  return [
    '',
    `  ${plan.name}: ${n(plan.buyers)} buyers, ${n(units)} units, ${plan.shape} over ${plan.overSeconds} s    ${(atMs / 1_000).toFixed(1)} s`,
    '',
    `${label('arrivals')}${bar([['█', share]])} ${n(counts.arrivals)} of ${n(plan.buyers)}, ${n(counts.inside)} inside`,
    `${label('a second')}${n(rates.arrivals)} arrivals, ${n(rates.requests)} requests, ${n(rates.answers)} answers`,
    `${label('decision')}${latencyOf(figures)}`,
    `${label('stock')}${stock ? bar(stockShares(stock, units)) : ''} ${stockOf(stock)}`,
    `${label('refused')}${named.length === 0 ? 'nobody' : ''}`,
    ...named.slice(0, 6).map(([code, count]) => `    ${code.padEnd(28)} ${n(count).padStart(10)}`),
    `${label('generator')}late by ${percentileMs(late, 99).toFixed(1)} ms in one of a hundred`,
    '  Ctrl-C ends it, with the report so far',
  ];
}

const stockOf = (stock: Moment['stock']): string =>
  stock
    ? `${n(stock.sold)} sold, ${n(stock.checkout)} in checkout, ${n(stock.held)} held, ${n(stock.available)} available`
    : 'stock unknown';

function stockShares({ sold, checkout, held }: NonNullable<Moment['stock']>, units: number): [string, number][] {
  return [
    ['█', sold / units],
    ['▓', checkout / units],
    ['▒', held / units],
  ];
}

function latencyOf({ latency }: Moment['figures']): string {
  const decisions = latency.get('decision');
  if (!decisions) return 'no decision yet';
  const at = (percent: number): string => `${percentileMs(decisions, percent).toFixed(1)} ms`;
  return `p50 ${at(50)}, p99 ${at(99)}`;
}

function bar(parts: readonly (readonly [string, number])[]): string {
  const drawn = parts.map(([letter, share]) => letter.repeat(Math.round(Math.min(1, share) * BAR))).join('');
  return drawn.slice(0, BAR).padEnd(BAR, '░');
}
