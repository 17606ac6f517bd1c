/** How long a measurement counts: clocks drift apart. */
const SAMPLE_MS_MAX = 300_000;

interface Sample {
  readonly offset: number;
  readonly takenAt: number;
}

/**
 * The server's clock, which decides every deadline: learnt from the times in its answers, so that a countdown agrees
 * with it however wrong the reader's own clock is. What came fastest is nearest to the truth.
 */
export class ServerClock {
  private best: Sample | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes note of a moment that the server named just now (RFC 3339). */
  observe(asOf: string): void {
    const takenAt = this.now();
    const offset = Date.parse(asOf) - takenAt;
    if (Number.isNaN(offset)) return;
    if (this.best && this.best.offset >= offset && takenAt - this.best.takenAt < SAMPLE_MS_MAX) return;
    this.best = { offset, takenAt };
  }

  /** Milliseconds since 1970 by the server's clock; by the reader's own until the server has named a moment. */
  read(): number {
    return this.now() + (this.best?.offset ?? performance.timeOrigin);
  }

  /** Milliseconds until a moment of the server's; negative when it is past. */
  until(moment: string): number {
    return Date.parse(moment) - this.read();
  }
}
