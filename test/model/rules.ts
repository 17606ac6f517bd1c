/** The rules of the protocol that may be dropped, to see that each is needed; see ARCHITECTURE.md. */
export const RULES = {
  'announce after journal': 'nobody is told of a hold before Postgres has it',
  'journal in the epoch': 'a journal write of an old epoch is refused',
  'compare the run': 'nothing runs on a Redis that restarted before it was rebuilt',
  'missing state is no state': 'a Redis without state is rebuilt, never taken for empty',
  'pin in Redis': 'a hold that is paid for is pinned in Redis first',
  'pin in Postgres': 'and then in Postgres, before anybody pays',
  'void in Postgres first': 'a pin ends in Postgres before its unit is given back',
  'ended is remembered': 'a job that comes again does not hold for what has ended',
  'restock is noted': 'a settle that comes after its restock takes nothing back',
  'restock in Postgres first': 'an order is cancelled in Postgres before its unit is given back',
} as const;

export type Rule = keyof typeof RULES;

/** How much may happen in one walk: each doubles the states, and some rules need only one of them to be missed. */
export interface Bounds {
  /** Whether deadlines pass. */
  deadlines: boolean;
  crashes: number;
  losses: number;
  regressions: number;
}
