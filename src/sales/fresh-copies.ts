interface Copy<T> {
  readAt: number;
  tookMs: number;
  value: T;
}

/**
 * Answers that a crowd asks for again and again: each is read once and then given from memory until it is `ageMsMax`
 * old, counted from before the read. Requests that arrive during a read share it; a read that fails is not kept. What is
 * costly may be kept the longer the longer it took to read: then `ageMsMax` is a function.
 */
export class FreshCopies<T> {
  private readonly copies = new Map<string, Copy<T>>();
  private readonly reading = new Map<string, Promise<T>>();

  constructor(
    private readonly ageMsMax: number | ((tookMs: number) => number),
    private readonly entriesMax: number,
  ) {}

  async read(key: string, load: () => Promise<T>): Promise<T> {
    const copy = this.copies.get(key);
    if (copy && performance.now() - copy.readAt <= this.ageMaxOf(copy)) return copy.value;
    const running = this.reading.get(key) ?? this.load(key, load).finally(() => this.reading.delete(key));
    this.reading.set(key, running);
    return running;
  }

  private ageMaxOf({ tookMs }: Copy<T>): number {
    return typeof this.ageMsMax === 'number' ? this.ageMsMax : this.ageMsMax(tookMs);
  }

  private async load(key: string, load: () => Promise<T>): Promise<T> {
    const readAt = performance.now();
    const value = await load();
    this.copies.delete(key);
    this.copies.set(key, { readAt, tookMs: performance.now() - readAt, value });
    const [oldest] = this.copies.keys();
    if (this.copies.size > this.entriesMax && oldest !== undefined) this.copies.delete(oldest);
    return value;
  }
}
