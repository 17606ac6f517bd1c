/** What a look at a queue and at the worker of this process finds. */
export interface Progress {
  /** The job that waits longest; null where none does. */
  readonly oldestWaiting: string | null;
  /** How many jobs this worker has taken or finished so far. */
  readonly steps: number;
}

/**
 * Whether a worker is stuck: the very same job waits first, and the worker takes and finishes none, for so many looks in a
 * row. Looks are counted, not time, so that a process that stood still does not take its own sleep for the worker's.
 */
export class WatchProgress {
  private last: Progress = { oldestWaiting: null, steps: 0 };
  private looks = 0;

  constructor(private readonly looksMax: number) {}

  isStuck(now: Progress): boolean {
    const { last } = this;
    this.last = now;
    const still = now.oldestWaiting !== null && now.oldestWaiting === last.oldestWaiting && now.steps === last.steps;
    this.looks = still ? this.looks + 1 : 0;
    return this.looks >= this.looksMax;
  }

  /** Another worker begins: it has as much time as the first one had. */
  beginAnew(): void {
    this.looks = 0;
  }
}
