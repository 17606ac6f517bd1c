/** Counts what clients are told, so that a test can strike after so many answers and not after so much time. */
export class Progress {
  private count = 0;
  private over = false;
  private waiting: { at: number; resolve: () => void }[] = [];

  readonly tick = (): void => {
    this.count++;
    this.wake();
  };

  /** Nothing more will come. */
  readonly end = (): void => {
    this.over = true;
    this.wake();
  };

  /** Resolves after `count` more, with false if it ended before. */
  async more(count: number): Promise<boolean> {
    const at = this.count + count;
    await new Promise<void>((resolve) => {
      this.waiting.push({ at, resolve });
      this.wake();
    });
    return this.count >= at;
  }

  private wake(): void {
    const due = this.waiting.filter(({ at }) => this.over || this.count >= at);
    this.waiting = this.waiting.filter((each) => !due.includes(each));
    for (const { resolve } of due) resolve();
  }
}
