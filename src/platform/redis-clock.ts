/**
 * How far Redis's clock is from this process's steady one, as of the last probe: for measuring how long ago something
 * stamped by Redis was. It decides nothing.
 */
export class RedisClock {
  private offsetMs: number | undefined;

  /** `askedAt` and `toldAt` are performance.now() around the question; the answer is taken to be from their middle. */
  note(redisMs: number, askedAt: number, toldAt: number): void {
    this.offsetMs = redisMs - (askedAt + toldAt) / 2;
  }

  /** Milliseconds of Redis's clock; undefined before the first probe. */
  now(): number | undefined {
    return this.offsetMs === undefined ? undefined : performance.now() + this.offsetMs;
  }
}
