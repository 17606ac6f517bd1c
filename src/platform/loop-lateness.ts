import { Injectable } from '@nestjs/common';

const BEAT_MS = 20;

/**
 * How late this process is with its turn of the event loop, in which everything that has arrived is read: a request waits
 * in its socket for about as long. Known within a turn already, which a histogram of past ones (monitorEventLoopDelay)
 * does not tell.
 */
@Injectable()
export class LoopLateness {
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;

  /** So far; 0 in time, and while nobody listens. */
  get ms(): number {
    return Math.max(0, performance.now() - this.dueAt);
  }

  /** Tells after each turn, and every 20 ms at most, how late it has become. */
  listen(beat: (lateMs: number) => void): void {
    this.dueAt = performance.now() + BEAT_MS;
    this.timer = setTimeout(() => {
      beat(this.ms);
      this.listen(beat);
    }, BEAT_MS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.dueAt = Infinity;
  }
}
