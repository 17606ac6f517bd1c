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
  'extend in Postgres as well': 'nobody is told of a later deadline before Postgres has it',
  'late payment holds again': 'a payment after the deadline buys nothing that it has not held again',
  'withdraw in Redis first': 'a unit leaves the stock in Redis first, where nobody can hold it any more',
  'supply in Postgres first': 'a unit comes into the stock in Postgres first',
  'stock has a version': 'a supply that was read before the last change of the stock is refused',
} as const;

export type Rule = keyof typeof RULES;

/** How much may happen in one walk: each doubles the states, and some rules need only one of them to be missed. */
export interface Bounds {
  /** Whether deadlines pass. */
  deadlines: boolean;
  /** Whether customers prolong their holds, once each. */
  extensions: boolean;
  /** Whether a payment that comes too late holds its unit again. */
  late: boolean;
  /** How often the operator takes the unit out of the stock, or puts it back. */
  changes: number;
  crashes: number;
  losses: number;
  regressions: number;
}
