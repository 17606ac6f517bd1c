import { crowd, seeded } from '../e2e/crowd.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { auditBooks } from '../e2e/ledger-audit.js';
import { readBooks } from '../e2e/ledger-snapshot.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import type { Market } from './chaos-buyer.js';
import { ChaosSystem } from './chaos-system.js';
import { checkHistory, type Finding } from './check-history.js';
import { CrowdOfBuyers } from './crowd-of-buyers.js';
import { casesOf, type History } from './history.js';
import { isOver, readHistory } from './read-history.js';
import { Recorder } from './recorder.js';
import { RestlessOperator } from './restless-operator.js';
import { Strikes } from './strikes.js';
import type { Strike } from './fault-table.js';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly stock: 'scarce' | 'plentiful';
}

export interface ChaosOutcome {
  readonly findings: Finding[];
  readonly strikes: readonly Strike[];
  readonly history: History;
  readonly carts: number;
  readonly stockChanges: number;
}

const UNITS_PER_CUSTOMER_MAX = 8;
/** A clock that leaps takes the ledger's up to 5 s ahead before a guardian notices. */
const SLACK_MS = 6_000;
const QUIET_MS_MAX = 120_000;

const STOCKS = {
  scarce: { skus: [20, 20, 30], customers: 200, ordersKeptMax: 8, namedUnits: 20 },
  plentiful: { skus: [2_000, 2_000, 20_000], customers: 4_000, ordersKeptMax: 1_000_000, namedUnits: 2_000 },
} as const;

const SALE = {
  ...{ unitsPerCustomerMax: UNITS_PER_CUSTOMER_MAX, holdTtlSeconds: 12, checkoutTtlSeconds: 30 },
  ...{ extensionsMax: 1, extensionStepSeconds: 8, queueTimeoutSeconds: 30, latePayment: 'rehold' },
};

/** A system under load and under faults, then at rest, then judged. `stop` ends the faults early; `say` is told how it goes. */
export async function runChaos(
  options: ChaosOptions,
  stop: AbortSignal,
  say: (line: string) => void,
): Promise<ChaosOutcome> {
  say('starting two API and two worker processes on stores of their own');
  const system = await ChaosSystem.start();
  try {
    return await underFaults(system, options, stop, say);
  } finally {
    await system.stop();
  }
}

async function underFaults(
  system: ChaosSystem,
  { minutes, seed, stock }: ChaosOptions,
  stop: AbortSignal,
  say: (line: string) => void,
): Promise<ChaosOutcome> {
  const { skus, customers, ordersKeptMax, namedUnits } = STOCKS[stock];
  const sale = await system.sell({ ...SALE, skus: [...skus] });
  const recorder = new Recorder();
  const market: Market = { shop: system.shop, sale, recorder, ordersKeptMax, ordersKept: [] };
  const buyers = new CrowdOfBuyers(market, { seed, customers, atOnce: 30, namedUnits });
  const strikes = new Strikes(system, seeded(seed));
  const operator = new RestlessOperator(system, sale, recorder, seeded(seed + 1));
  say('the sale is open');
  buyers.open();
  operator.begin();
  await strikes
    .until(performance.now() + minutes * 60_000, stop, (strike) => say(told(strike, recorder, buyers)))
    .finally(() => say('no more faults; those inside finish, and what is held runs out'));
  await system.moveClock(0);
  await Promise.all([buyers.close(), operator.end()]);
  await settle(system, sale).catch((error: unknown) => strikes.lasting.push(`at the end: ${String(error)}`));
  await readEachOnceMore(system, sale, recorder);
  say('at rest; judging');
  const history: History = {
    ...(await system.cluster.within(({ postgres }) => readHistory(postgres, system.shop, sale))),
    ...{ operations: recorder.operations, unitsPerCustomerMax: UNITS_PER_CUSTOMER_MAX, slackMs: SLACK_MS },
    lossesAt: strikes.lossesAt,
  };
  const findings = [
    ...strikes.lasting.map((what): Finding => ({ rule: 'no recovery', what })),
    ...checkHistory(history),
    ...(await disagreements(system, sale)),
    ...recorder.faults.map((what): Finding => ({ rule: 'outside the contract', what })),
    ...(await unitsThatCannotBeSold(system, sale)),
  ];
  return { findings, strikes: strikes.done, history, carts: buyers.cartCount, stockChanges: operator.changes };
}

function told({ kinds, firstMs }: Strike, { operations }: Recorder, { cartCount }: CrowdOfBuyers): string {
  const serves = `next hold after ${(firstMs / 1_000).toFixed(2)} s`;
  return `${kinds.join(' + ').padEnd(46)} ${serves.padEnd(26)} ${cartCount} carts, ${operations.length} operations`;
}

async function settle(system: ChaosSystem, sale: TestSale): Promise<void> {
  await system.cluster.untilReady();
  await system.cluster.within(({ postgres }) =>
    eventually('nothing is held any more', () => isOver(postgres, sale), QUIET_MS_MAX),
  );
}

/** What becomes of each reservation is asked for once more, when nothing is under way. */
async function readEachOnceMore({ shop }: ChaosSystem, _sale: TestSale, recorder: Recorder): Promise<void> {
  const cases = casesOf({ operations: recorder.operations, rows: [], orders: [] });
  await crowd(cases, 20, async ({ id, customerId, key }) => {
    if (id !== null) await recorder.ask({ kind: 'read', customerId, key }, () => shop.read(id));
  });
}

async function disagreements({ cluster }: ChaosSystem, sale: TestSale): Promise<Finding[]> {
  const books = await cluster.within((stores) => readBooks(stores, sale));
  return auditBooks(books).findings.map((what) => ({ rule: 'stores disagree', what }));
}

/** The last proof that nothing leaked: whatever is not sold is sold now, to the last unit. */
async function unitsThatCannotBeSold({ shop, client, cluster }: ChaosSystem, sale: TestSale): Promise<Finding[]> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const change = { unitsPerCustomerMax: null, reason: 'the rest is sold to whoever wants it' };
  const path = `/v1/admin/sales/${sale.id}`;
  must(200, await client.send(cluster.apis[0]?.url ?? '', { method: 'PATCH', path, headers, body: change }));
  for (let turn = 0; ; turn++) {
    const key = `the-last-${turn}`;
    const { skus } = must(200, await shop.availability(sale.id)).body;
    const lines = skus.flatMap(({ skuId, available }) =>
      available > 0 ? [{ skuId, quantity: Math.min(100, available) }] : [],
    );
    if (lines.length === 0) return [];
    const answer = await untilAnswered(() =>
      shop.reserve(sale.id, { customerId: 'the-last', lines }, { key, wait: 5 }),
    );
    const { id } = answer.body;
    if (answer.status !== 201)
      return [{ rule: 'leaked', what: `of what is left, ${JSON.stringify(lines)}: ${JSON.stringify(answer.body)}` }];
    must(201, await untilAnswered(() => shop.confirm(id, `pay_${id}`)));
  }
}

/** On a busy machine a store may be out of reach for a moment: the same again, as every client does. */
function untilAnswered(ask: () => Promise<Answer>): Promise<Answer> {
  return eventually('a store is in reach', async () => {
    const answer = await ask();
    return answer.status !== 503 && answer;
  });
}
