import { sentenceOf } from '../server.js';
import type { HoldNews } from '../live/live-sale.js';
import { HeldNow } from './held-now.js';
import { type Hold, readHolds } from './read-holds.js';

export interface KnownHolds {
  /** Null until the first of them are there. */
  readonly items: readonly Hold[] | null;
  /** Those that there were before are still being read: there are more. */
  readonly isReading: boolean;
  /** How many there will be, as soon as that is known, while they are being read; else null. */
  readonly expected: number | null;
  readonly fault: string | null;
}

/** Shown so often at most; of many holds less often, so that drawing them leaves the reader most of the time. */
const SHOW_MS_MIN = 250;
const SHOW_MS_A_HOLD = 0.05;
const RETRY_MS = 2_000;

/** The live holds of a sale: read once, and from then on kept by what the stream tells of them. */
export class HoldList {
  private held = new HeldNow();
  /** Is read beside what is shown, after more changed than could be told. */
  private next: HeldNow | null = null;
  private known: KnownHolds = { items: null, isReading: true, expected: null, fault: null };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private reading = 0;
  /** Nothing was read or told yet: what is there is no list. */
  private isBlank = true;

  constructor(private readonly saleId: string) {}

  /** Reads them and listens, until the returned function is called. */
  follow(listen: (listener: (news: HoldNews) => void) => () => void): () => void {
    const deaf = listen((news) => this.hear(news));
    void this.read(this.held);
    return () => {
      deaf();
      this.reading++;
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): KnownHolds => this.known;

  private hear(news: HoldNews): void {
    if (news.kind === 'reset') {
      this.next = new HeldNow();
      void this.read(this.next);
      return;
    }
    this.held.apply(news.items);
    this.next?.apply(news.items);
    // What is told stands there at once, however long reading all the others takes.
    this.isBlank &&= this.held.size === 0;
    this.showSoon({});
  }

  private async read(into: HeldNow): Promise<void> {
    const mine = ++this.reading;
    const isOver = (): boolean => mine !== this.reading;
    let expected: number | null = null;
    try {
      await readHolds(
        this.saleId,
        (page) => {
          expected ??= page.total;
          for (const hold of page.items) into.take(hold);
          this.isBlank = false;
          if (into === this.held) this.showSoon({ expected, fault: null });
        },
        isOver,
      );
      if (isOver()) return;
      this.isBlank = false;
      into.settle();
      if (into === this.next) [this.held, this.next] = [into, null];
      this.showSoon({ isReading: false, expected: null, fault: null });
    } catch (error) {
      if (isOver()) return;
      this.showSoon({ expected: null, fault: sentenceOf(error) });
      setTimeout(() => isOver() || void this.read(into), RETRY_MS);
    }
  }

  /** The newest word about reading counts; what is shown is as it is when its time has come. */
  private showSoon(word: Partial<KnownHolds>): void {
    this.known = { ...this.known, ...word };
    this.timer ??= setTimeout(
      () => {
        this.timer = null;
        if (!this.isBlank) this.known = { ...this.known, items: this.held.all() };
        for (const listener of this.listeners) listener();
      },
      this.known.items === null ? 0 : Math.max(SHOW_MS_MIN, this.held.size * SHOW_MS_A_HOLD),
    );
  }
}
