/** Of those who were turned away at least so many come back a second; more where more were taken in lately. */
const RETURNS_PER_SECOND_MIN = 200;
const SECONDS_MAX = 30;
const TAKEN_WITHIN_MS = 1_000;

/**
 * Tells those who are turned away when to come back: one after the other, about as many a second as are taken in, so that
 * a crowd of 40,000 does not knock every few seconds. Jittered, since many are told the same second.
 */
export class ReturnTimes {
  private lastAt = 0;
  private taken = 0;
  private takenAt = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** A request was taken in. */
  noteTaken(now: number): void {
    this.taken = this.takenLately(now) + 1;
    this.takenAt = now;
  }

  /** Whole seconds, 1 to 30, in which the next one who is turned away is to come back. */
  secondsOfNext(now: number): number {
    const perSecond = Math.max(RETURNS_PER_SECOND_MIN, this.takenLately(now));
    this.lastAt = Math.min(Math.max(this.lastAt, now) + 1_000 / perSecond, now + SECONDS_MAX * 1_000);
    const seconds = (this.lastAt - now) / 1_000;
    return Math.ceil(seconds * (0.5 + this.random() / 2));
  }

  /** Of the last second, about: an older one counts less and less. */
  private takenLately(now: number): number {
    return this.taken * Math.exp((this.takenAt - now) / TAKEN_WITHIN_MS);
  }
}
