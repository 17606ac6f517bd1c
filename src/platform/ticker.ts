import type { Logger } from 'pino';

/**
 * Calls `runOnce` again and again, never twice at a time, `intervalMs` after the last run ended.
 * A run that throws is logged once per streak, so that a store that is down does not fill the log.
 */
export class Ticker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;
  private nudged = false;
  private failing = false;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number | (() => number),
    private readonly runOnce: () => Promise<unknown>,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.next(0);
  }

  /**
   * Runs now, without waiting for the interval. While a run is under way, which may have passed by what this is about,
   * one more follows right after it, however many ask for that.
   */
  nudge(): void {
    this.nudged = true;
    if (this.stopped || this.running) return;
    clearTimeout(this.timer);
    this.next(0);
  }

  /** Resolves when the run under way has ended; no other follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private next(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, delayMs);
  }

  private async run(): Promise<void> {
    this.nudged = false;
    try {
      await this.runOnce();
      if (this.failing) this.log.info({ ticker: this.name }, 'works again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ ticker: this.name, err: error }, 'a run failed; trying on');
      this.failing = true;
    } finally {
      this.running = undefined;
      if (!this.stopped) this.next(this.pauseMs());
    }
  }

  private pauseMs(): number {
    if (this.nudged) return 0;
    return typeof this.intervalMs === 'number' ? this.intervalMs : this.intervalMs();
  }
}
