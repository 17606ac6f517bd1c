import type { Round } from '../round.js';

/** A line of the table: what is asked, and how it is measured in a round. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly figure: string;
  readonly asked: string;
  readonly unit: string;
  readonly reached: (value: number) => boolean;
  readonly measure: (round: Round) => Promise<number>;
}

export const atLeast =
  (wanted: number) =>
  (value: number): boolean =>
    value >= wanted;

export const atMost =
  (wanted: number) =>
  (value: number): boolean =>
    value <= wanted;
