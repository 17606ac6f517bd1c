/** A mutant that no test can notice, and why. `line` is the line that it stands in, `change` as the run prints it. */
export interface Equivalent {
  readonly file: string;
  readonly line: string;
  readonly change: string;
  readonly why: string;
}

export const EQUIVALENT: readonly Equivalent[] = [];
