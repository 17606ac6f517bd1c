/** A scrape waits so long at most for what must be read first, whatever became of the store. */
const WAIT_MS_MAX = 1_000;
/** Several scrapers, or one that is impatient, cost the stores one read. */
const FRESH_MS = 1_000;

/**
 * Something that is read when somebody scrapes, and not more than once a second. A read that fails or takes too long
 * leaves nothing behind: an old figure that looks like a new one is worse than none.
 */
export class ScrapeSource {
  private reading: Promise<void> | undefined;
  private readAt = -Infinity;
  private text = '';
  up = false;

  constructor(
    readonly name: string,
    private readonly read: () => Promise<unknown>,
    private readonly forget: () => void,
  ) {}

  /** Resolves when the source is fresh or has had its time; the text is '' where gauges say all. */
  async refresh(): Promise<string> {
    if (performance.now() - this.readAt > FRESH_MS) await this.readInTime();
    return this.up ? this.text : '';
  }

  private async readInTime(): Promise<void> {
    // A read that hangs is not begun a second time: while a store is away scrapes must not pile up on it.
    this.reading ??= this.readOnce().finally(() => (this.reading = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), WAIT_MS_MAX)));
    if ((await Promise.race([this.reading, late])) === 'late') this.fail();
    clearTimeout(timer);
  }

  private async readOnce(): Promise<void> {
    try {
      const told = await this.read();
      this.text = typeof told === 'string' ? told : '';
      this.up = true;
      this.readAt = performance.now();
    } catch {
      this.fail();
    }
  }

  private fail(): void {
    this.up = false;
    this.forget();
  }
}
