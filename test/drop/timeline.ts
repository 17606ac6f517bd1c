/** What is to happen at a time; `drop` is called instead when the timeline is closed before. */
interface Due {
  readonly at: number;
  readonly run: () => void;
  readonly drop: () => void;
}

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
    for (;;) {
      const [next] = this.heap;
      const lateMs = next ? this.now() - next.at : -1;
      if (!next || lateMs < 0) break;
      this.pop();
      this.late(lateMs);
      next.run();
    }
    this.arm();
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
