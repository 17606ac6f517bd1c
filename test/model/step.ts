import type { Rule } from './rules.js';
import type { State } from './state.js';

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
}
