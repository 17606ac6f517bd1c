import type { Sale } from '@holdfast/client/follow-sale';
import type { ReservationLine } from '@holdfast/client/reserve';

/** What is chosen of one SKU: so many, or these. */
export interface Choice {
  readonly quantity: number;
  readonly units: readonly string[];
}

/** By SKU. */
export type Basket = Readonly<Record<string, Choice>>;

export const NO_CHOICE: Choice = { quantity: 0, units: [] };

/** The most of one SKU that it makes sense to ask for. */
export const QUANTITY_MAX = 10;

export const choiceOf = (basket: Basket, skuId: string): Choice => basket[skuId] ?? NO_CHOICE;
export const countIn = ({ quantity, units }: Choice): number => quantity + units.length;

export function withQuantity(basket: Basket, skuId: string, quantity: number): Basket {
  const units = choiceOf(basket, skuId).units;
  return { ...basket, [skuId]: { units, quantity: Math.max(0, Math.min(QUANTITY_MAX - units.length, quantity)) } };
}

export function withUnit(basket: Basket, skuId: string, unit: string): Basket {
  const { quantity, units } = choiceOf(basket, skuId);
  const taken = units.includes(unit) ? units.filter((each) => each !== unit) : [...units, unit];
  return taken.length + quantity > QUANTITY_MAX ? basket : { ...basket, [skuId]: { quantity, units: taken } };
}

export function without(basket: Basket, gone: readonly string[]): Basket {
  const left = Object.entries(basket).map(([skuId, { quantity, units }]): [string, Choice] => [
    skuId,
    { quantity, units: units.filter((unit) => !gone.includes(unit)) },
  ]);
  return Object.fromEntries(left);
}

/** Named ones are a line, and so are those that may be any. The lines are decided together. */
export function linesOf(basket: Basket): ReservationLine[] {
  return Object.entries(basket).flatMap(([skuId, { quantity, units }]) => [
    ...(units.length > 0 ? [{ skuId, units }] : []),
    ...(quantity > 0 ? [{ skuId, quantity }] : []),
  ]);
}

export const unitsIn = (basket: Basket): number =>
  Object.values(basket).reduce((sum, choice) => sum + countIn(choice), 0);

export function priceOf(basket: Basket, { skus }: Sale): number {
  return skus.reduce((sum, { id, unitPrice }) => sum + countIn(choiceOf(basket, id)) * unitPrice, 0);
}
