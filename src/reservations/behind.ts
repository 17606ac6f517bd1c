/** While this process is behind, a turn of the event loop takes requests in for so long: the rest belongs to those before them. */
const TURN_MS_MAX = 25;
/** Nobody new comes in while others wait for this part of the time after which it is behind: enough to be never idle. */
const WAIT_SHARE = 0.25;
/** One comes in after so long, whatever waits: a single buyer before a machine that is slow is no crowd. */
const TRICKLE_MS = 50;
/** It is over once nobody had to be turned away for so long. */
const CALM_MS = 1_000;

export interface Waits {
  /** How late the present turn of the event loop is: what has arrived waits for it unread. */
  readonly turnMs: number;
  /** How long what was read waits at most: to be written down, or for a connection to Postgres, as payments do. */
  readonly waitMs: number;
}

/**
 * The rule by which a process is behind, and how much it takes in meanwhile: as much as it can bear, never nothing, so
 * that being behind for a moment too long costs no work. It begins by a long wait and ends by nobody being turned away,
 * so that it does not come and go.
 */
export class Behind {
  private behind = false;
  private wasLong = false;
  private takenAt = -Infinity;
  private turnedAwayAt = 0;

  /** Waits up to `msMax` are nobody's trouble. */
  constructor(private readonly msMax: number) {}

  get is(): boolean {
    return this.behind;
  }

  /** After each turn, with how late it has become. One long one is a pause of the machine; a crowd makes several. */
  look({ turnMs, waitMs }: Waits, now: number): void {
    const isLong = Math.max(turnMs, waitMs) > this.msMax;
    if (isLong && this.wasLong) this.begin(now);
    else if (!isLong && now - this.turnedAwayAt > CALM_MS) this.behind = false;
    this.wasLong = isLong;
  }

  /** Whether one more request may come in now. */
  admits({ turnMs, waitMs }: Waits, now: number): boolean {
    // Within the turn: in a crowd that grows each is a multiple of the one before.
    if (this.wasLong && turnMs > this.msMax) this.begin(now);
    const bearable = turnMs <= TURN_MS_MAX && waitMs <= this.msMax * WAIT_SHARE;
    const admitted = !this.behind || bearable || now - this.takenAt > TRICKLE_MS;
    if (admitted) this.takenAt = now;
    else this.turnedAwayAt = now;
    return admitted;
  }

  private begin(now: number): void {
    if (!this.behind) this.turnedAwayAt = now;
    this.behind = true;
  }
}
