import { watchCrashPoints } from '../../src/crash-points.js';
import type { ReserveCommand } from '../../src/inventory/accept.js';
import { InventoryConnection } from '../../src/inventory/inventory-connection.js';
import { Ledger } from '../../src/inventory/ledger.js';
import { viewRecords } from '../../src/inventory/view.js';
import { Backlog } from '../../src/reservations/backlog.js';
import { DecisionPace } from '../../src/reservations/decision-pace.js';
import { Intake, type TakenIn } from '../../src/reservations/intake.js';
import { ReservationIds } from '../../src/reservations/reservation-ids.js';
import { ReserveQueue } from '../../src/reservations/reserve.queue.js';
import { ResultChannel } from '../../src/reservations/result-channel.js';
import { FaultProxy, type NetworkFault } from '../chaos/fault-proxy.js';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { linesOf } from '../ledger-lines.js';
import { testRedisUrl } from '../stores.js';

// The network takes the job of a batch, or the answer to it, while other batches of the sale are under way or wait.
const BUYERS = ['ann', 'bob', 'cid', 'dan', 'eve'] as const;
type Buyer = (typeof BUYERS)[number];

let network: FaultProxy;
let site: Site;
let api: RunningApp;
let sales: Record<'scarce' | 'plentiful', TestSale>;
let sale: TestSale;
beforeAll(async () => {
  network = await FaultProxy.open(testRedisUrl());
  site = await Site.open({ env: { REDIS_URL: network.reroute(testRedisUrl()), RESERVE_CONCURRENCY: '1' } });
  const builder = await site.start();
  const sell = (units: number): Promise<TestSale> => site.sale({ skus: [units], queueTimeoutSeconds: 120 });
  sales = { scarce: await sell(BUYERS.length - 1), plentiful: await sell(BUYERS.length) };
  api = await site.start('api');
  await site.stop(builder);
  // Nothing else uses the connection that jobs are added on, so that the answer that is lost is the job's.
  await api.app.get(Backlog).beforeApplicationShutdown();
}, 180_000);
afterEach(() => {
  watchCrashPoints(undefined);
  jest.restoreAllMocks();
});
afterAll(async () => {
  await site.close();
  await network.close();
});

const tailOf = (buyer: Buyer): string => api.app.get(ReservationIds).tailFor(sale.key, buyer, 'key');
const accept = (customerId: Buyer): Promise<TakenIn> => {
  const words = { mode: 'all', fingerprint: 'print', requestId: 'req', metadata: null, keyed: true } as const;
  const command: ReserveCommand = { ...words, tail: tailOf(customerId), customerId, lines: linesOf('1x1') };
  return api.app.get(Intake).accept(sale, command);
};
const recordOf = async (buyer: Buyer): Promise<string> =>
  (await viewRecords(api.app.get(Ledger), sale, [tailOf(buyer)]))[0]?.request ?? '';
const statusOf = async (buyer: Buyer): Promise<string> =>
  must(200, await site.shop(api).read(`rsv_${sale.key}${tailOf(buyer)}`)).body.status;

/** Everything that is due has been done: whatever does not wait for a store or for us has begun. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Batches that have begun, and those that stand between their records and their job until they are let go. */
function watchBatches(): { begun: number; letGo: (() => void)[]; pass: boolean } {
  const batches = { begun: 0, letGo: [] as (() => void)[], pass: false };
  watchCrashPoints((point) => {
    if (point === 'accept.record') batches.begun += 1;
    if (point !== 'accept.queue' || batches.pass) return undefined;
    return new Promise<void>((resolve) => batches.letGo.push(resolve));
  });
  return batches;
}

/** The decisions of batches are told when the test says so. */
function withholdDecisions(): (() => void)[] {
  const tell: (() => void)[] = [];
  jest.spyOn(DecisionPace.prototype, 'patienceMs', 'get').mockReturnValue(120_000);
  jest.spyOn(api.app.get(ResultChannel), 'next').mockImplementation(() => {
    const change = new Promise<null>((resolve) => tell.push(() => resolve(null)));
    return { change, cancel: () => undefined };
  });
  return tell;
}

async function untilConnected(): Promise<void> {
  await api.app.get(InventoryConnection).untilReady(20_000);
  await eventually('jobs can be added', async () => (await api.app.get(ReserveQueue).oldestWaitMs(0)) >= 0);
}

/** ann and bob are told that their batch failed while cid's is under way, and dan and eve wait; then all are served. */
async function failFirstBatch(fault: () => NetworkFault): Promise<void> {
  const [batches, tell] = [watchBatches(), withholdDecisions()];
  const first = Promise.allSettled([accept('ann'), accept('bob')]);
  await eventually('the first batch is on record', async () => batches.letGo.length === 1);
  const second = accept('cid');
  await eventually('the second batch is on record', async () => batches.letGo.length === 2);
  const third = Promise.all([accept('dan'), accept('eve')]);

  network.strike(fault());
  batches.letGo[0]?.();
  const failed = { status: 'rejected', reason: { code: 'store-unavailable' } };
  expect(await first).toMatchObject([failed, failed]);
  network.heal();
  await untilConnected();
  // Its job may have been written for all that its callers know: it has its place until it is decided or overdue.
  await settle();
  expect(batches.begun).toBe(2);
  expect(await recordOf('dan')).toBe('');

  batches.pass = true;
  batches.letGo[1]?.();
  expect(await second).toMatchObject({ kind: 'queued' });
  await settle();
  expect(batches.begun).toBe(2);
  tell[0]?.();
  expect(await third).toMatchObject([{ kind: 'queued' }, { kind: 'queued' }]);
  expect(batches.begun).toBe(3);
  for (const over of tell) over();
}

/** Both meet the records that they left, with the time from which their patience counts. */
async function repeatFirstBatch(): Promise<void> {
  const records = [await recordOf('ann'), await recordOf('bob')];
  jest.restoreAllMocks();
  expect(await Promise.all([accept('ann'), accept('bob')])).toEqual(
    records.map((request) => ({ kind: 'known', request, hold: '' })),
  );
}

async function decide(expected: Record<Buyer, string>): Promise<void> {
  const worker = await site.start('worker');
  await eventually('everybody has what was decided', async () => {
    const statuses = await Promise.all(BUYERS.map(async (buyer) => [buyer, await statusOf(buyer)]));
    expect(Object.fromEntries(statuses)).toEqual(expected);
    return true;
  });
  await site.stop(worker);
}

const counts = async (): Promise<string[]> =>
  must(200, await site.shop(api).availability(sale.id)).body.skus.map(
    (sku) => `${sku.available} ${sku.held} ${sku.checkout} ${sku.sold} / ${sku.capacity}`,
  );

describe('a batch whose job is written and whose answer is lost', () => {
  it('has its place before those behind it, though its callers were told to repeat it, and holds once', async () => {
    sale = sales.scarce;
    await failFirstBatch(() => ({ kind: 'lose-answer', to: `"tails":["${tailOf('ann')}` }));
    expect(network.answersLost).toBe(1);
    await repeatFirstBatch();
    await decide({ ann: 'held', bob: 'held', cid: 'held', dan: 'held', eve: 'rejected' });
    expect(await counts()).toEqual(['0 4 0 0 / 4']);
  }, 120_000);
});

describe('a batch whose job never arrives', () => {
  it('keeps its records, lets those behind it pass, and is queued again by the repeat', async () => {
    sale = sales.plentiful;
    await failFirstBatch(() => ({ kind: 'cut' }));
    await repeatFirstBatch();
    await decide({ ann: 'held', bob: 'held', cid: 'held', dan: 'held', eve: 'held' });
    expect(await counts()).toEqual(['0 5 0 0 / 5']);
  }, 120_000);
});
