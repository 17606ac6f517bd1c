const LOOK_MS = 10;
/** One look counts for no more than this: what this process slept through is nobody else's silence. */
const LOOK_MS_MAX = 2 * LOOK_MS;
const PROBE_PAUSE_MS = 50;

interface Question {
  readonly askedAt: number;
  readonly giveUp: () => void;
}

export interface WatchTerms {
  /** How long a question may be open; by a clock that stands while this process does. */
  readonly silenceMsMax: number;
  /** Asked while nobody else may: resolves when there are answers again. */
  readonly probe: () => Promise<unknown>;
  /** What those who are given up are told. */
  readonly refusal: () => Error;
}

/**
 * Bounds how long callers wait for a store that has fallen silent, which a connection notices only when its commands time
 * out. A question that is open for longer than `silenceMsMax` is refused, and so is every other one at once, until `probe`
 * has an answer. What was refused may still be done: it must be safe to repeat.
 */
export class AnswerWatch {
  private readonly open = new Set<Question>();
  private timer: NodeJS.Timeout | undefined;
  private clock = 0;
  private lookedAt = 0;
  private silent = false;
  private closed = false;

  constructor(private readonly terms: WatchTerms) {}

  async within<T>(ask: () => Promise<T>): Promise<T> {
    if (this.silent) throw this.terms.refusal();
    this.startLooking();
    let question: Question | undefined;
    const silence = new Promise<never>((_, reject) => {
      question = { askedAt: this.clock, giveUp: () => reject(this.terms.refusal()) };
      this.open.add(question);
    });
    try {
      return await Promise.race([ask(), silence]);
    } finally {
      if (question) this.open.delete(question);
    }
  }

  close(): void {
    this.closed = true;
    this.stopLooking();
  }

  private startLooking(): void {
    if (this.timer || this.closed) return;
    this.lookedAt = performance.now();
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  private stopLooking(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    const now = performance.now();
    this.clock += Math.min(now - this.lookedAt, LOOK_MS_MAX);
    this.lookedAt = now;
    // In the order of the asking: the first one has waited longest.
    const [oldest] = this.open;
    if (!oldest) return this.stopLooking();
    if (this.clock - oldest.askedAt <= this.terms.silenceMsMax) return;
    this.silent = true;
    for (const { giveUp } of this.open) giveUp();
    this.open.clear();
    void this.untilAnswered();
  }

  /** A probe that fails says no more than silence does: a connection that is gone refuses by itself. */
  private async untilAnswered(): Promise<void> {
    while (this.silent && !this.closed) {
      try {
        await this.terms.probe();
        this.silent = false;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PROBE_PAUSE_MS).unref());
      }
    }
  }
}
