import { ProblemError } from '../../client/problem-error.js';

/** What a refusal said of each member, by its pointer. */
export function faultsOf(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof ProblemError)) return new Map();
  return new Map(error.faults.map(({ pointer, detail }) => [pointer, detail]));
}
