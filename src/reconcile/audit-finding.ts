/** What an audit compares, by what does not agree. */
export const FINDING_KINDS = [
  'sums', // counters of a SKU do not add up to its capacity, or one is below zero
  'marks', // the marks of a SKU's units are not as many as the counters say
  'counters', // counters of holds are not the sum of the holds
  'hold', // a hold without its deadline, or whose unit is not marked as taken, or that cannot be read
  'two-owners', // a unit that belongs to two
  'no-owner', // a unit that is taken, and belongs to nobody
  'on-sale', // a unit that is available in Redis, and sold or withdrawn in Postgres
  'journal', // a hold and its row differ, or one of them is missing
  'withdrawn', // a unit that is out of sale in one store alone
  'postgres-older', // Redis knows what was committed in Postgres, and Postgres does not
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/**
 * Something that does not agree, as a sentence with its figures. In a later look the same sentence is the same finding: it
 * names the versions that would be others if anything had moved. Where figures go on, `about` is what makes it the same.
 */
export interface Finding {
  readonly kind: FindingKind;
  readonly text: string;
  readonly about?: string;
}

/** What a look has seen. `certain` is of one moment; `maybe` may be two moments of a sale that goes on. */
export interface Look {
  readonly epoch: number;
  readonly certain: readonly Finding[];
  readonly maybe: readonly Finding[];
  readonly compared: Compared;
}

/** How much was compared. */
export interface Compared {
  skus: number;
  units: number;
  holds: number;
  rows: number;
  soldUnits: number;
  withdrawnUnits: number;
  /** SKUs that moved too often to be read as of one moment; their units were left for the next time. */
  skusLeft: number;
  /** Whether the holds were added up and compared with the counters: only while nothing moves. */
  countersOfHolds: boolean;
}
