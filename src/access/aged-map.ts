/** Keeps at most `entriesMax` entries, each for `ageMaxMs`; when full, the one that was written first goes. */
export class AgedMap<V> {
  private readonly entries = new Map<string, { value: V; writtenAt: number }>();

  constructor(
    private readonly entriesMax: number,
    private readonly ageMaxMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (this.now() - entry.writtenAt < this.ageMaxMs) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** `writtenAt` is earlier than now for what was true when somebody was asked, not when they answered. */
  set(key: string, value: V, writtenAt = this.now()): void {
    this.entries.delete(key);
    this.entries.set(key, { value, writtenAt });
    if (this.entries.size <= this.entriesMax) return;
    const [first] = this.entries.keys();
    if (first !== undefined) this.entries.delete(first);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
