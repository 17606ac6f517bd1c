import { build, type Histogram } from 'hdr-histogram-js';
import type { LoadResult } from './load-plan.js';

const MICROS_PER_MS = 1_000;
const histogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });

/** What came back, and when. Statuses are counted always, times only while it measures. */
export class Measure {
  private readonly times = histogram();
  private readonly shedTimes = histogram();
  private readonly statuses: Record<string, number> = {};
  private withRetryAfter = 0;
  private beganAt = 0;
  private cpu = process.cpuUsage();
  private answers = 0;
  late = 0;

  get began(): boolean {
    return this.beganAt > 0;
  }

  get any(): boolean {
    return this.answers > 0;
  }

  begin(): void {
    this.beganAt = performance.now();
    this.cpu = process.cpuUsage();
    this.late = 0;
  }

  answer(status: number, startedAt: number, retryAfter: boolean): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (this.beganAt === 0) return;
    this.answers++;
    const micros = Math.max(1, Math.round((performance.now() - startedAt) * MICROS_PER_MS));
    (status === 503 ? this.shedTimes : this.times).recordValue(micros);
    if (retryAfter) this.withRetryAfter++;
  }

  end(used: number): LoadResult {
    const seconds = (performance.now() - this.beganAt) / 1_000;
    const { user, system } = process.cpuUsage(this.cpu);
    const at = (percentile: number): number => this.times.getValueAtPercentile(percentile) / MICROS_PER_MS;
    return {
      ...{ perSecond: this.answers / seconds, answers: this.answers, statuses: this.statuses, used },
      ...{ p50Ms: at(50), p99Ms: at(99), maxMs: this.times.maxValue / MICROS_PER_MS },
      shed: {
        p99Ms: this.shedTimes.getValueAtPercentile(99) / MICROS_PER_MS,
        allSayWhen: this.withRetryAfter === this.shedTimes.totalCount,
      },
      cpuMicrosEach: (user + system) / Math.max(1, this.answers),
      late: this.late,
    };
  }
}
