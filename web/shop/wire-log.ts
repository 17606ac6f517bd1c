/** One thing that went over the wire, for whoever wants to see what the page does. */
export interface WireLine {
  readonly number: number;
  readonly text: string;
  readonly outcome: string;
  readonly bad: boolean;
}

const LINES_MAX = 40;

/** What this page asked, and what it was told, the newest first. */
class WireLog {
  private lines: readonly WireLine[] = [];
  private count = 0;
  private readonly listeners = new Set<() => void>();

  readonly read = (): readonly WireLine[] => this.lines;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  note(text: string, outcome: string, bad = false): void {
    this.lines = [{ number: ++this.count, text, outcome, bad }, ...this.lines].slice(0, LINES_MAX);
    for (const listener of this.listeners) listener();
  }
}

export const wireLog = new WireLog();

/** Ids as long as they are needed to tell them apart. */
export const shortened = (text: string): string => text.replace(/\b(rsv|ord|demo|pay)_(\w{6})[\w-]+/g, '$1_$2…');
