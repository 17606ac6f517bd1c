import type { Dice } from '../e2e/shopper.js';
import { Cart, type ReserveHow } from './cart.js';
import type { CartPlan } from './plan.js';
import { DoorsClose, fillLines, type Venue, type VisitRecord } from './venue.js';

/** Who finds the chosen seats taken looks for others, so often. */
const CHOICES_MAX = 3;

/** A buyer who has come, and what a persona can have them do. */
export class Visitor {
  private carts = 0;
  /** When the next request was due to be made: what it is late counts as its latency. */
  private dueAt: number | null;
  private first: Pick<VisitRecord, 'first' | 'sentAt' | 'decidedAt' | 'code'> | null = null;
  private bought = 0;
  private held = 0;

  constructor(
    readonly venue: Venue,
    readonly index: number,
    readonly persona: string,
    private readonly kind: { cart: CartPlan; number: number },
    readonly dice: Dice,
    arrivedAt: number,
  ) {
    this.dueAt = arrivedAt;
  }

  get customerId(): string {
    return `buyer-${this.index + 1}`;
  }

  /** A new cart of the kind that this buyer wants; each is a request of its own. Throws DoorsClose once they are closed. */
  fillCart(): Cart {
    // Who never thinks would not notice otherwise: a bot would go on for all its forty times.
    if (this.venue.timeline.isClosed) throw new DoorsClose();
    const { cart, number } = this.kind;
    const key = `${this.venue.plan.seed}-${this.index + 1}-${++this.carts}`;
    return new Cart(this, key, fillLines(cart, this.venue, this.dice), cart.mode, number);
  }

  /** Fills a cart and reserves it; where the chosen seats are taken, chooses others. Null when that came to nothing. */
  async shop(how: ReserveHow = {}): Promise<Cart | null> {
    for (let choice = 1; ; choice++) {
      const cart = this.fillCart();
      if (await cart.reserve(how)) return cart;
      if (choice === CHOICES_MAX || !cart.seatsWereTaken) return null;
      await this.think(300, 1_500);
    }
  }

  /** Does nothing for a while, as people do. */
  think(leastMs: number, mostMs: number): Promise<void> {
    const ms = leastMs + this.dice(Math.max(1, Math.round(mostMs - leastMs)));
    return this.until(this.venue.now() + ms * this.venue.plan.pace);
  }

  /** Throws DoorsClose when the rehearsal ends before. */
  until(at: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.venue.timeline.at(
        at,
        () => {
          this.dueAt = at;
          resolve();
        },
        () => reject(new DoorsClose()),
      );
    });
  }

  /** When the request that is made now was due: after a pause its end, else now. */
  takeDue(): number {
    const due = this.dueAt ?? this.venue.now();
    this.dueAt = null;
    return due;
  }

  /** What a request to reserve came to; the first one tells how fair the sale was. */
  decided(sentAt: number, first: VisitRecord['first'], code: string | null): void {
    const { startAt, now } = this.venue;
    const decidedAt = first === 'unknown' ? null : now() - startAt;
    this.first ??= { first, code, sentAt: sentAt - startAt, decidedAt };
  }

  countHeld(units: number): void {
    this.held += units;
  }

  countBought(units: number): void {
    this.bought += units;
  }

  get record(): VisitRecord {
    const first = this.first ?? { first: 'unknown', sentAt: 0, decidedAt: null, code: null };
    const { index, persona } = this;
    return { index, persona, cart: this.kind.number, ...first, unitsHeld: this.held, unitsBought: this.bought };
  }
}
