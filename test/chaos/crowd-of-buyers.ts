import { seeded } from '../e2e/crowd.js';
import { randomCart } from '../e2e/shopper.js';
import { ChaosBuyer, type Market } from './chaos-buyer.js';
import { pass } from './pass.js';

export interface CrowdOptions {
  readonly seed: number;
  readonly customers: number;
  /** How many carts are filled at a time; who waits past a deadline does not count. */
  readonly atOnce: number;
  /** Carts name some of the first so many units of a SKU. */
  readonly namedUnits: number;
}

/** Customers who come and come, until they are told that the shop closes; then those inside finish what they do. */
export class CrowdOfBuyers {
  private readonly inside = new Set<Promise<void>>();
  private carts = 0;
  private closing = false;

  constructor(
    private readonly market: Market,
    private readonly options: CrowdOptions,
  ) {}

  get cartCount(): number {
    return this.carts;
  }

  open(): void {
    for (let i = 0; i < this.options.atOnce; i++) void this.comeAndCome();
  }

  /** Resolves when the last one has left. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.inside.size > 0) await Promise.all(this.inside);
  }

  private async comeAndCome(): Promise<void> {
    const { seed, customers, namedUnits } = this.options;
    while (!this.closing) {
      const number = this.carts++;
      const dice = seeded(seed * 1_000_003 + number);
      const key = `cart-${number}`;
      const { lines, mode } = randomCart(this.market.sale, dice, namedUnits, '', key);
      const buyer = new ChaosBuyer(this.market, dice, `customer-${dice(customers)}`, key);
      const visit = buyer.visit(lines, mode).finally(() => this.inside.delete(visit));
      this.inside.add(visit);
      // Whoever waits past a deadline makes room for the next one.
      await Promise.race([visit, pass(3_000)]);
      await pass(dice(100));
    }
  }
}
