/** What is to happen at a time; `drop` is called instead when the timeline is closed before. */
interface Due {
  readonly at: number;
  readonly run: () => void;
  readonly drop: () => void;
}

/** What is due is run for so long at a time; then it is the turn of what arrives. */
const TURN_MS_MAX = 4;

/**
 * Runs things when they are due: one timer for however many wait. How late each was run is told, because a generator
 * that is late measures itself.
 */
export class Timeline {
  private readonly heap: Due[] = [];
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  private closed = false;

  constructor(
    private readonly now: () => number,
    private readonly late: (ms: number) => void = () => undefined,
  ) {}

  /** At `at`, or as soon as possible. */
  at(at: number, run: () => void, drop: () => void = () => undefined): void {
    if (this.closed) return drop();
    this.push({ at, run, drop });
    this.arm();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Nothing more will happen. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const { drop } of this.heap.splice(0)) drop();
  }

  private arm(): void {
    const next = this.heap[0]?.at ?? Infinity;
    if (next >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = next;
    this.timer = setTimeout(() => this.runDue(), Math.max(0, next - this.now()));
  }

  private runDue(): void {
    this.timerAt = Infinity;
    const until = this.now() + TURN_MS_MAX;
    for (let now = this.now(); !this.closed; now = this.now()) {
      const [next] = this.heap;
      if (!next || next.at > now) break;
      if (now > until) return this.goOnLater();
      this.pop();
      this.late(now - next.at);
      next.run();
    }
    this.arm();
  }

  /** Who is late must not be later for it: answers are read in between. */
  private goOnLater(): void {
    this.timerAt = -Infinity;
    setImmediate(() => this.runDue());
  }

  private push(due: Due): void {
    const { heap } = this;
    let i = heap.push(due) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (!above || above.at <= due.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = due;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const child = (heap[left + 1]?.at ?? Infinity) < (heap[left]?.at ?? Infinity) ? left + 1 : left;
      const below = heap[child];
      if (!below || below.at >= last.at) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}
