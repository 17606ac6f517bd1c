import type { OpenSpan } from './spans.js';
import type { BatchTrace } from './tracing.js';

interface Waiting<T, R> {
  item: T;
  since: number;
  span: OpenSpan | undefined;
  weight: number;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

export interface GroupCommitOptions<T, R> {
  /**
   * Does the work of a batch; the results stand in the order of the items. With `keepUntil` a batch counts as under way
   * for longer than its results take; what is given to it never rejects.
   */
  runBatch: (items: T[], keepUntil: (over: Promise<unknown>) => void) => Promise<R[]>;
  itemsMax: number;
  /** How much of the batch's budget an item takes; 1 when left out. */
  weightOf?: (item: T) => number;
  weightMax?: number;
  inFlightMax?: number;
  /** Nothing waits and nothing is under way any more: whoever keeps one of these for each of many things may drop it. */
  onIdle?: () => void;
  /** Does a batch within the traces of its items. */
  traced?: BatchTrace | undefined;
}

/**
 * Lets items that arrive together share one round trip. A batch leaves at the end of the tick while fewer than two are
 * under way, else when one returns: at low load that waits for nothing, under load the batches grow by themselves.
 */
export class GroupCommit<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private inFlight = 0;
  private scheduled = false;

  constructor(private readonly options: GroupCommitOptions<T, R>) {}

  add(item: T): Promise<R> {
    const weight = this.options.weightOf?.(item) ?? 1;
    return new Promise((resolve, reject) => {
      const since = performance.now();
      this.waiting.push({ item, since, span: this.options.traced?.capture(), weight, resolve, reject });
      this.schedule();
    });
  }

  get depth(): number {
    return this.waiting.length;
  }

  /** How long the oldest item waits that is not under way yet. */
  get oldestWaitMs(): number {
    const [oldest] = this.waiting;
    return oldest ? performance.now() - oldest.since : 0;
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.inFlight >= (this.options.inFlightMax ?? 2)) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.flush();
      this.schedule();
    });
  }

  private async flush(): Promise<void> {
    const batch = this.takeBatch();
    let kept: Promise<unknown> | undefined;
    this.inFlight++;
    try {
      const results = await this.run(batch, (over) => void (kept = over));
      if (results.length !== batch.length) throw new Error(`a batch of ${batch.length} gave ${results.length} results`);
      results.forEach((result, i) => batch[i]?.resolve(result));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    await kept;
    this.inFlight--;
    this.schedule();
    if (this.inFlight === 0 && this.waiting.length === 0) this.options.onIdle?.();
  }

  private run(batch: readonly Waiting<T, R>[], keepUntil: (over: Promise<unknown>) => void): Promise<R[]> {
    const { runBatch, traced } = this.options;
    const work = (): Promise<R[]> =>
      runBatch(
        batch.map(({ item }) => item),
        keepUntil,
      );
    return traced
      ? traced.run(
          batch.map(({ span }) => span),
          work,
        )
      : work();
  }

  private takeBatch(): Waiting<T, R>[] {
    const { itemsMax, weightMax = Infinity } = this.options;
    let count = 0;
    let weight = 0;
    for (const waiting of this.waiting) {
      if (count === itemsMax || (count > 0 && weight + waiting.weight > weightMax)) break;
      count++;
      weight += waiting.weight;
    }
    return this.waiting.splice(0, count);
  }
}
