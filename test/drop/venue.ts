import type { Operation } from '../chaos/history.js';
import type { Dice } from '../e2e/shopper.js';
import type { Connections } from './connections.js';
import type { Figures } from './figures.js';
import type { CartPlan, Plan } from './plan.js';
import type { Timeline } from './timeline.js';

/** Thrown to whoever is inside when the rehearsal ends early. */
export class DoorsClose extends Error {}

/** The sale of a rehearsal, as its buyers know it. */
export interface SaleAtHand {
  readonly id: string;
  /** By the name that the plan has for each SKU. */
  readonly skuIds: Readonly<Record<string, string>>;
}

/** Where all visitors of one generator meet: what they share, and who writes down what they do. */
export interface Venue {
  readonly plan: Plan;
  readonly sale: SaleAtHand;
  readonly connections: Connections;
  readonly timeline: Timeline;
  readonly figures: Figures;
  readonly history: Operation[];
  /** Answers that no contract allows. */
  readonly faults: string[];
  readonly startAt: number;
  readonly now: () => number;
  readonly storefrontKey: string;
  /** Of a buyer who comes with one. */
  readonly tokenOf: (customerId: string) => string | undefined;
}

/** How it ended for one buyer. */
export interface VisitRecord {
  /** The place among all arrivals, from 0. */
  readonly index: number;
  readonly persona: string;
  readonly cart: number;
  /** When the first request went out, and when its answer was known; milliseconds from the opening. */
  readonly sentAt: number;
  readonly decidedAt: number | null;
  /** What the first request came to. */
  readonly first: 'held' | 'refused' | 'unknown';
  /** The code of the first refusal. */
  readonly code: string | null;
  readonly unitsHeld: number;
  readonly unitsBought: number;
}

export interface LineWanted {
  readonly skuId: string;
  readonly quantity?: number;
  readonly units?: string[];
}

/** The lines of a cart of this kind: so many units, or seats side by side, the front rows before the others. */
export function fillLines({ lines }: CartPlan, { plan, sale }: Venue, dice: Dice): LineWanted[] {
  return lines.map(({ sku, named, from, to }) => {
    const skuId = sale.skuIds[sku] ?? '';
    const quantity = from + dice(to - from + 1);
    const units = plan.skus.find(({ name }) => name === sku)?.units ?? 1;
    if (!named) return { skuId, quantity };
    const count = typeof units === 'number' ? units : units.length;
    const taken = Math.min(quantity, count);
    const first = Math.floor((count - taken + 1) * (dice(1_000_000) / 1_000_000) ** 1.5);
    const labelAt = (at: number): string => (typeof units === 'number' ? String(at + 1) : (units[at] ?? ''));
    return { skuId, units: Array.from({ length: taken }, (_, i) => labelAt(first + i)) };
  });
}
