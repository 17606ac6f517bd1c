import type { AppInstance } from './app-instance.js';
import type { Story } from './buyer.js';
import type { Cluster } from './cluster.js';
import { crowd, seeded } from './crowd.js';
import { auditLedger } from './ledger-audit.js';
import type { PrivateStore } from './private-stores.js';
import { Progress } from './progress.js';
import { type Cart, type Dice, randomCart, shopFor } from './shopper.js';
import type { TestSale } from './test-sale.js';

const AT_ONCE = 100;
const FEW_AT_ONCE = 8;

/** A request may wait out every outage of a test, and no hold runs out meanwhile. */
export const PATIENT_SALE = {
  ...{ skus: [4_000, 4_000, 20_000], queueTimeoutSeconds: 300, holdTtlSeconds: 3_600, checkoutTtlSeconds: 3_600 },
};

type Blow = () => Promise<void>;

/** Customers who go on shopping while a test strikes, and the verdict afterwards. */
export class Storm {
  private readonly carts: Cart[];
  private readonly dice: Dice;
  private readonly seed: number;
  private walkIns = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly sale: TestSale,
    options: { carts: number; seed: number },
  ) {
    const dice = seeded(options.seed);
    this.dice = dice;
    this.seed = options.seed;
    this.carts = Array.from({ length: options.carts }, (_, i) =>
      randomCart(sale, dice, 4_000, `customer-${i}`, `cart-${i}`),
    );
  }

  /** Shops on under these blows, each of them a random number of answers after the last, and until the last one is over. */
  async under(blows: readonly Blow[]): Promise<Story[]> {
    const dice = seeded(blows.length);
    const progress = new Progress();
    let over = false;
    const buying = this.shop(progress, () => !over).finally(progress.end);
    // The blows are looked after below; a customer who fails meanwhile must not end the test's process.
    buying.catch(() => undefined);
    try {
      for (const blow of blows) {
        if (!(await progress.more(30 + dice(Math.floor(this.carts.length / blows.length))))) break;
        await blow();
      }
    } finally {
      over = true;
    }
    return buying;
  }

  /**
   * Shops on, a few at a time, for as long as `work` takes; the number of carts is as many as that gives. `work` can wait
   * for more answers.
   */
  async throughout(work: (progress: Progress) => Promise<void>): Promise<Story[]> {
    const stories: Story[] = [];
    const progress = new Progress();
    let over = false;
    const shoppers = this.walkIn(progress, stories, () => !over);
    // Looked after below; a shopper who fails meanwhile must not end the test's process.
    shoppers.catch(progress.end);
    await work(progress).finally(() => (over = true));
    await shoppers;
    return stories;
  }

  /** Both stores agree with each other and with what customers were told, and the sale sells on. */
  async verdict(stories: readonly Story[]): Promise<string[]> {
    const { cluster, sale } = this;
    await cluster.untilReady();
    const { findings } = await cluster.within((stores) => auditLedger(stores, sale, stories));
    const lines = [{ skuId: sale.skus[2] ?? '', quantity: 3 }];
    const name = `late-${this.seed}`;
    const cart: Cart = { customerId: name, key: name, lines, mode: 'all', steps: ['confirm'] };
    const { story } = await shopFor(sale, cart, cluster.shop);
    return story.standing === 'confirmed' ? findings : [...findings, `whoever comes afterwards is ${story.standing}`];
  }

  /** All carts, and then as many as come while there is `more` to happen: nobody knows how quickly carts are bought. */
  private async shop(progress: Progress, more: () => boolean): Promise<Story[]> {
    const { shop } = this.cluster;
    const buyers = await crowd(this.carts, AT_ONCE, (cart) => shopFor(this.sale, cart, shop, progress.tick));
    const stories = buyers.map(({ story }) => story);
    await this.walkIn(progress, stories, more);
    return stories;
  }

  private async walkIn(progress: Progress, stories: Story[], more: () => boolean): Promise<void> {
    const shopOn = async (): Promise<void> => {
      while (more()) {
        const name = `walk-in-${this.seed}-${this.walkIns++}`;
        const cart = randomCart(this.sale, this.dice, 4_000, name, name);
        stories.push((await shopFor(this.sale, cart, this.cluster.shop, progress.tick)).story);
      }
    };
    await Promise.all(Array.from({ length: FEW_AT_ONCE }, shopOn));
  }
}

/** kill -9 of some, at once, and a start of what is gone. What was not killed must live on. */
export function killing(cluster: Cluster, ...victims: (AppInstance | PrivateStore)[]): Blow {
  return async () => {
    const spared = cluster.apps.filter((app) => !victims.includes(app));
    await Promise.all(victims.map((victim) => victim.kill()));
    for (const victim of victims) if ('restart' in victim) await victim.restart();
    const ended = spared.filter((app) => app.ended).map(({ url }) => url);
    if (ended.length > 0) throw new Error(`${ended.join()} ended because others were killed`);
    cluster.startApps();
  };
}

/** One process after the other is stopped in order and started as another release, each ready before the next. */
export async function replace(cluster: Cluster, apps: readonly AppInstance[], main: string): Promise<void> {
  for (const app of apps) {
    await app.replaceBy(main);
    await cluster.untilServing(app);
  }
}
