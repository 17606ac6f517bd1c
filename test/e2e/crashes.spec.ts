import type { AppProcess } from './app-process.js';
import { Cluster } from './cluster.js';
import { crowd, seeded } from './crowd.js';
import { auditLedger } from './ledger-audit.js';
import type { PrivateStore } from './private-stores.js';
import { Progress } from './progress.js';
import { type Cart, randomCart, shopFor } from './shopper.js';
import type { TestSale } from './test-sale.js';

const CARTS = 1_500;

let cluster: Cluster;
beforeEach(async () => {
  // A request may wait out every outage of the test, and no hold runs out meanwhile.
  cluster = await Cluster.start({ env: { REDIS_COMMAND_TIMEOUT_MS: '1000' } });
}, 90_000);
afterEach(() => cluster.stop());

const SALE = {
  skus: [4_000, 4_000, 20_000],
  queueTimeoutSeconds: 300,
  holdTtlSeconds: 3_600,
  checkoutTtlSeconds: 3_600,
};

const cartsOf = (sale: TestSale, seed: number, name: string): Cart[] => {
  const dice = seeded(seed);
  return Array.from({ length: CARTS }, (_, i) => randomCart(sale, dice, 4_000, `${name}-${i}`, `cart-${i}`));
};

/** Runs the carts and strikes in between, each blow a random number of answers after the last; returns the stories. */
async function under(blows: (() => Promise<void>)[], sale: TestSale, carts: Cart[]): ReturnType<typeof shopAll> {
  const dice = seeded(carts.length);
  const progress = new Progress();
  const buying = shopAll(sale, carts, progress).finally(progress.end);
  let struck = 0;
  for (const blow of blows) {
    if (!(await progress.more(30 + dice(Math.floor(CARTS / blows.length))))) break;
    await blow();
    struck++;
  }
  const stories = await buying;
  expect(struck).toBe(blows.length);
  return stories;
}

async function shopAll(
  sale: TestSale,
  carts: Cart[],
  progress: Progress,
): Promise<Awaited<ReturnType<typeof shopFor>>['story'][]> {
  const { shop } = cluster;
  const buyers = await crowd(carts, 100, (cart) => shopFor(sale, cart, shop, progress.tick));
  return buyers.map(({ story }) => story);
}

/** kill -9 of some, at once, and a start of what is gone. What was not killed must live on. */
function killing(...victims: (AppProcess | PrivateStore)[]): () => Promise<void> {
  return async () => {
    const spared = cluster.apps.filter((app) => !victims.includes(app));
    await Promise.all(victims.map((victim) => victim.kill()));
    for (const victim of victims) if ('restart' in victim) await victim.restart();
    expect(spared.map(({ ended }) => ended)).toEqual(spared.map(() => false));
    cluster.startApps();
  };
}

async function expectRight(sale: TestSale, stories: Awaited<ReturnType<typeof shopAll>>): Promise<void> {
  await cluster.untilReady();
  const { findings } = await cluster.within((stores) => auditLedger(stores, sale, stories));
  expect(findings).toEqual([]);
  const late = await shopFor(
    sale,
    {
      customerId: 'late',
      key: 'late',
      lines: [{ skuId: sale.skus[2]!, quantity: 3 }],
      mode: 'all',
      steps: ['confirm'],
    },
    cluster.shop,
  );
  expect(late.story.standing).toBe('confirmed');
}

describe('kill -9 under load', () => {
  it('of every part, alone and together, loses nothing that was acknowledged and sells nothing twice', async () => {
    const sale = await cluster.operator.sell(SALE);
    const { redis, postgres, apis, workers } = cluster;
    const [a, b] = apis as [AppProcess, AppProcess];
    const [c, d] = workers as [AppProcess, AppProcess];
    const blows = [
      killing(c),
      killing(redis),
      killing(a),
      killing(postgres),
      killing(redis, d),
      killing(c, d, b),
      killing(postgres, a),
      killing(redis, postgres, a, b, c, d),
      killing(redis),
      killing(redis, postgres, a, b, c, d),
    ];
    const stories = await under(blows, sale, cartsOf(sale, 4, 'crash'));
    expect(
      stories.filter(({ standing }) => standing.startsWith('refused') && standing !== 'refused: units-unavailable'),
    ).toEqual([]);
    await expectRight(sale, stories);
  }, 240_000);
});

describe('FLUSHALL under load', () => {
  it('loses undecided requests at most, and says so', async () => {
    const sale = await cluster.operator.sell(SALE);
    const flush = (): Promise<void> => cluster.flush();
    const blows = [flush, flush, flush, killing(cluster.redis), flush, flush, flush];
    const stories = await under(blows, sale, cartsOf(sale, 5, 'flush'));
    const refusals = new Set(
      stories.map(({ standing }) => standing).filter((standing) => standing.startsWith('refused')),
    );
    for (const refusal of refusals) expect(['refused: units-unavailable', 'refused: request-lost']).toContain(refusal);
    await expectRight(sale, stories);
  }, 240_000);
});
