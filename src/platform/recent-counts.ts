import { Injectable } from '@nestjs/common';
import { RedisClock } from './redis-clock.js';

/** A minute, and what may be under way between one process and another. */
const SECONDS_KEPT = 64;

/** How often something was counted in each second: second, count, second, count, … with seconds since 1970. */
export type CountedSeconds = readonly number[];

/** What was counted of each subject, by name. */
export type CountsOfSubjects = Readonly<Record<string, Readonly<Record<string, CountedSeconds>>>>;

/** Counts of the last minute, second by second, in a ring. */
class Ring {
  private readonly seconds = new Float64Array(SECONDS_KEPT);
  private readonly counts = new Float64Array(SECONDS_KEPT);

  add(second: number, times: number): void {
    const at = second % SECONDS_KEPT;
    if (this.seconds[at] !== second) this.counts[at] = 0;
    this.seconds[at] = second;
    this.counts[at] = (this.counts[at] ?? 0) + times;
  }

  since(first: number): number[] {
    const told: number[] = [];
    for (const [at, second] of this.seconds.entries()) if (second >= first) told.push(second, this.counts[at] ?? 0);
    return told;
  }
}

/**
 * What happened here in the last minute, by subject (a sale, say) and name, so that a screen can tell rates. Counted by
 * Redis's clock, so that the seconds of several processes can be added up; before it is known nothing is counted.
 */
@Injectable()
export class RecentCounts {
  private readonly subjects = new Map<string, Map<string, Ring>>();

  constructor(private readonly clock: RedisClock) {}

  add(subject: string, name: string, times = 1): void {
    const now = this.clock.now();
    if (now === undefined || times === 0) return;
    const names = this.subjects.get(subject) ?? new Map<string, Ring>();
    this.subjects.set(subject, names);
    const ring = names.get(name) ?? new Ring();
    names.set(name, ring);
    ring.add(Math.floor(now / 1_000), times);
  }

  /** Everything of the last minute. A subject of which nothing was counted since is forgotten. */
  told(): CountsOfSubjects {
    const first = Math.floor((this.clock.now() ?? 0) / 1_000) - SECONDS_KEPT + 1;
    const all: Record<string, Record<string, CountedSeconds>> = {};
    for (const [subject, names] of this.subjects) {
      const counted = [...names].map(([name, ring]) => [name, ring.since(first)] as const);
      const recent = counted.filter(([, seconds]) => seconds.length > 0);
      if (recent.length === 0) this.subjects.delete(subject);
      else all[subject] = Object.fromEntries(recent);
    }
    return all;
  }
}
