import { isOutage } from '../../src/platform/postgres.js';

const TRIES_MAX = 3;

/** Does cases a few at a time, ahead of the tests that look at them one by one; each lane has a place of its own. */
export class Lanes<Place extends { close(): Promise<void> }, Case> {
  private readonly outcomes = new Map<Case, Promise<void>>();
  private places: Place[] = [];
  private closed = false;

  constructor(
    private readonly cases: readonly Case[],
    private readonly run: (place: Place, one: Case) => Promise<void>,
    private readonly saysNothing: (error: unknown) => boolean,
  ) {}

  async open(places: readonly (() => Promise<Place>)[]): Promise<void> {
    this.places = await Promise.all(places.map((open) => open()));
    const last: Promise<unknown>[] = this.places.map(() => Promise.resolve());
    for (const [i, one] of this.cases.entries()) {
      const lane = i % this.places.length;
      const outcome = (last[lane] ?? Promise.resolve()).then(() => this.runPatiently(lane, one));
      this.outcomes.set(one, outcome);
      // A test looks at it later, and the lane goes on.
      last[lane] = outcome.catch(() => undefined);
    }
  }

  /** Resolves when the case has come out well, and rejects with what was wrong. */
  async outcomeOf(one: Case): Promise<void> {
    await this.outcomes.get(one);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.places.map((place) => place.close()));
  }

  /** On a machine that is busy beyond measure nobody may get a connection in time: that says nothing of a case. */
  private async runPatiently(lane: number, one: Case): Promise<void> {
    const place = this.places[lane];
    for (let tries = 1; place && !this.closed; tries++) {
      try {
        await this.run(place, one);
        return;
      } catch (error) {
        if (tries === TRIES_MAX || !(isOutage(error) || this.saysNothing(error))) throw error;
      }
    }
  }
}
