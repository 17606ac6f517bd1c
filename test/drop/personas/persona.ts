import type { Visitor } from '../visitor.js';

/** A way of buying. */
export interface Persona {
  readonly name: string;
  /** How many come, in relation to the other personas, when the plan does not say. */
  readonly share: number;
  /** For the report: a sentence about them. */
  readonly does: string;
  /** From arrival to leaving. What it throws is a fault of the rehearsal. */
  readonly visit: (visitor: Visitor) => Promise<void>;
}
