import type { Instance } from '../platform/instances.js';
import type { CountedSeconds } from '../platform/recent-counts.js';
import { REFUSED } from '../platform/refusals.js';
import { MEAN_SECONDS, type Rate, type RatesOfSale, SERIES_SECONDS } from './rates.dto.js';

/** A process tells once a second what it counted: seconds younger than this may not be told of yet by all. */
const UNTOLD_SECONDS = 2;

/** The rates of a sale at `now` (ms of Redis's clock), from what all processes have counted of it. */
export function ratesOfSale(instances: readonly Instance[], saleId: string, now: number): RatesOfSale {
  const end = Math.floor(now / 1_000) - UNTOLD_SECONDS;
  const series = new Map<string, number[]>();
  for (const { counts } of instances)
    for (const [name, seconds] of Object.entries(counts[saleId] ?? {})) {
      const known = series.get(name) ?? Array.from({ length: SERIES_SECONDS }, () => 0);
      addSeconds(known, seconds, end);
      series.set(name, known);
    }
  const rate = (name: string): Rate => rateOf(series.get(name) ?? Array.from({ length: SERIES_SECONDS }, () => 0));
  const refused = [...series].filter(([name]) => name.startsWith(REFUSED));
  const byCode = refused.map(([name, counts]) => ({ code: name.slice(REFUSED.length), ...meanOf(counts) }));
  return {
    until: new Date(end * 1_000).toISOString(),
    ...{ requests: rate('queued'), holds: rate('held'), heldUnits: rate('heldUnits'), confirms: rate('confirmed') },
    ...{ releases: rate('released'), expiries: rate('expired') },
    refusals: rateOf(sumOf(refused.map(([, counts]) => counts))),
    refusalsByCode: byCode
      .filter(({ lastMinute }) => lastMinute > 0)
      .sort((a, b) => b.lastMinute - a.lastMinute || a.code.localeCompare(b.code)),
  };
}

/** `end` is the first second that is not told. */
function addSeconds(series: number[], seconds: CountedSeconds, end: number): void {
  for (let i = 0; i < seconds.length; i += 2) {
    const at = (seconds[i] ?? 0) - (end - SERIES_SECONDS);
    if (at >= 0 && at < SERIES_SECONDS) series[at] = (series[at] ?? 0) + (seconds[i + 1] ?? 0);
  }
}

function meanOf(series: readonly number[]): Omit<Rate, 'series'> {
  const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
  return { perSecond: sum(series.slice(-MEAN_SECONDS)) / MEAN_SECONDS, lastMinute: sum(series) };
}

function rateOf(series: number[]): Rate {
  return { ...meanOf(series), series };
}

function sumOf(all: readonly number[][]): number[] {
  return Array.from({ length: SERIES_SECONDS }, (_, at) => all.reduce((sum, series) => sum + (series[at] ?? 0), 0));
}
