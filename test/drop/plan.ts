import type { PersonaName } from './personas/all-personas.js';

export const SHAPES = ['spike', 'ramp', 'waves', 'steady'] as const;
export type Shape = (typeof SHAPES)[number];

/** What is sold in a rehearsal: so many numbered units, or units that have names. */
export interface SkuPlan {
  readonly name: string;
  readonly units: number | readonly string[];
  readonly unitPrice: number;
  readonly unitsPerCustomerMax: number | null;
}

/** One line of a cart: whichever units, or named ones that lie side by side; from the least to the most of them. */
export interface CartLinePlan {
  readonly sku: string;
  readonly named: boolean;
  readonly from: number;
  readonly to: number;
}

/** A kind of cart that buyers fill, and how many of them do, in relation to the other kinds. */
export interface CartPlan {
  readonly share: number;
  readonly mode: 'all' | 'partial';
  readonly lines: readonly CartLinePlan[];
}

/** The settings of the sale that is made for the rehearsal; the words are those of `POST /v1/admin/sales`. */
export interface SaleTerms {
  readonly holdTtlSeconds: number;
  readonly checkoutTtlSeconds: number;
  readonly queueTimeoutSeconds: number;
  readonly unitsPerCustomerMax: number | null;
  readonly extensionsMax: number;
  readonly extensionStepSeconds: number;
  readonly latePayment: 'rehold' | 'refuse';
}

/** A rehearsal, whole: who comes when, for what, and what each does. The same plan and seed make the same crowd. */
export interface Plan {
  readonly name: string;
  readonly buyers: number;
  readonly overSeconds: number;
  readonly shape: Shape;
  readonly seed: number;
  /** How long people think, in relation to how long they usually do. */
  readonly pace: number;
  /** Whether each buyer comes with a token of their own, or a storefront with its key acts for all of them. */
  readonly callers: 'storefront' | 'buyers';
  readonly personas: Readonly<Partial<Record<PersonaName, number>>>;
  readonly skus: readonly SkuPlan[];
  readonly carts: readonly CartPlan[];
  readonly sale: SaleTerms;
  /** What becomes of holds that are left over: they run out, or are given back. */
  readonly leftovers: 'run-out' | 'give-back';
}

export const unitCount = ({ units }: SkuPlan): number => (typeof units === 'number' ? units : units.length);

export const unitsOf = ({ skus }: Plan): number => skus.reduce((sum, sku) => sum + unitCount(sku), 0);
