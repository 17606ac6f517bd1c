import { Buyer } from './buyer.js';
import type { LineAsked, Storefront } from './storefront.js';
import type { TestSale } from './test-sale.js';

/** A whole number from 0 to `below` - 1. */
export type Dice = (below: number) => number;

export interface Cart {
  customerId: string;
  key: string;
  lines: LineAsked[];
  mode: 'all' | 'partial';
  /** What the customer does with a hold, in this order. */
  steps: Step[];
}

export type Step = 'extend' | 'checkout' | 'release' | 'confirm';

/** Half of the customers pay, with or without pinning first; the others keep, give back, or change their mind at the till. */
const COURSES: Step[][] = [
  ['checkout', 'confirm'],
  ['checkout', 'confirm'],
  ['extend', 'confirm'],
  ['confirm'],
  ['release'],
  ['checkout', 'release'],
  ['checkout'],
  ['extend'],
  [],
];

/** One to three lines of one to four units each; some lines name their units, among the first `units` of the SKU. */
export function randomCart(sale: TestSale, dice: Dice, units: number, customerId: string, key: string): Cart {
  const lines: LineAsked[] = [];
  const skus = [...sale.skus];
  for (let i = dice(3); i >= 0 && skus.length > 0; i--) {
    const [skuId = ''] = skus.splice(dice(skus.length), 1);
    const count = 1 + dice(4);
    if (dice(3) > 0) lines.push({ skuId, quantity: count });
    else lines.push({ skuId, units: [...new Set(Array.from({ length: count }, () => String(1 + dice(units))))] });
  }
  return {
    customerId,
    key,
    lines,
    mode: dice(3) === 0 ? 'partial' : 'all',
    steps: COURSES[dice(COURSES.length)] ?? [],
  };
}

/** A customer from the first request to the last step; the buyer's story tells how it went. */
export async function shopFor(sale: TestSale, cart: Cart, shop: Storefront, told?: () => void): Promise<Buyer> {
  const { customerId, key, lines, mode, steps } = cart;
  const buyer = new Buyer(shop, customerId, key, told);
  if (!(await buyer.reserve(sale.id, { lines, mode }))) return buyer;
  for (const step of steps) await buyer[step]();
  return buyer;
}
