import type { Rule } from './rules.js';
import type { Buyer, Fact, State, Unit } from './state.js';

/** One atomic step of one part. Text that it returns is a violation that the step itself has seen. */
export interface Action {
  readonly name: string;
  readonly apply: (state: State) => unknown;
}

export type Dropped = ReadonlySet<Rule>;

/** Redis works on the epoch, in the run, that Postgres names. */
export function isOpen({ redis, postgres }: State, dropped: Dropped): boolean {
  return (
    redis.built && redis.epoch === postgres.epoch && (dropped.has('compare the run') || redis.run === postgres.run)
  );
}

export function free(redis: State['redis']): void {
  redis.unit = 'free';
  redis.owner = null;
  redis.again = false;
}

/** What Redis has in the name of this reservation: of the first one, or of the one of a late payment. */
export function has(redis: State['redis'], buyer: Buyer, again: boolean, ...units: Unit[]): boolean {
  return redis.owner === buyer && redis.again === again && units.includes(redis.unit);
}

export function tell(s: State, fact: Fact, buyer: Buyer): void {
  s.postgres.facts = [...s.postgres.facts, `${fact} ${buyer}`].sort();
}
