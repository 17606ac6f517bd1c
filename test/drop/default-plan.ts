import { PERSONAS, type PersonaName } from './personas/all-personas.js';
import type { CartPlan, SkuPlan } from './plan.js';

/** More seats than that make the sale's body large and its story no better. */
const SEATS_MAX = 2_000;
const SEATS_A_ROW = 20;
/** Below, there is nothing to divide. */
const UNITS_DIVIDED_MIN = 20;

const SEATS = 'Stalls';
const FLOOR = 'General admission';
const BALCONY = 'Balcony';

/** Who comes, when nobody says: by what each persona says of itself. */
export const USUAL_SHARES = Object.fromEntries(PERSONAS.map(({ name, share }) => [name, share])) as Record<
  PersonaName,
  number
>;

/** So many units as a venue has them: a floor, a balcony, and seats that are chosen by name. */
export function venueOf(units: number): SkuPlan[] {
  const sku = (name: string, sold: number | string[], unitPrice: number): SkuPlan => ({
    ...{ name, units: sold, unitPrice, unitsPerCustomerMax: null },
  });
  if (units < UNITS_DIVIDED_MIN) return [sku(FLOOR, units, 4_500)];
  const seats = Math.min(SEATS_MAX, Math.round(units * 0.15));
  const balcony = Math.round(units * 0.25);
  return [
    sku(FLOOR, units - balcony - seats, 4_500),
    sku(BALCONY, balcony, 6_500),
    sku(SEATS, seatLabels(seats), 9_000),
  ];
}

/** A-1 … A-20, B-1 …, Z-20, AA-1 … */
function seatLabels(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${rowName(Math.floor(i / SEATS_A_ROW))}-${(i % SEATS_A_ROW) + 1}`);
}

function rowName(row: number): string {
  const letter = String.fromCharCode(65 + (row % 26));
  return row < 26 ? letter : `${rowName(Math.floor(row / 26) - 1)}${letter}`;
}

/** What people put into carts in such a venue; where there is one SKU alone, of that. */
export function usualCarts(skus: readonly SkuPlan[]): CartPlan[] {
  const line = (sku: SkuPlan | undefined, from: number, to: number): CartPlan['lines'][number] => ({
    ...{ sku: sku?.name ?? '', named: typeof sku?.units !== 'number', from, to },
  });
  const [first, second] = skus;
  const cart = (share: number, lines: CartPlan['lines'], mode: CartPlan['mode'] = 'all'): CartPlan => ({
    ...{ share, mode, lines },
  });
  const carts = [cart(50, [line(first, 1, 2)]), cart(12, [line(first, 3, 4)], 'partial')];
  if (second) carts.push(cart(16, [line(first, 1, 2), line(second, 1, 1)]));
  for (const other of skus.slice(1)) carts.push(cart(11, [line(other, 1, 3)]));
  return carts;
}
