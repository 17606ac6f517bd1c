import { ExpiryWorker, intervalFor } from '../../src/expiry/expiry.worker.js';
import { eventually } from '../e2e/eventually.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

/** More than one script call gives back, and more than one statement writes. */
const MANY = 700;

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const isExpired = async (sale: LedgerSale, id: string): Promise<boolean> => (await sale.row(id))?.status === 'expired';

async function saleWithHolds(...ids: string[]): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: MANY }], holdTtlSeconds: 60 });
  await sale.decide(...ids.map((id) => ({ id, lines: '1x1' })));
  await sale.journal(...ids);
  return sale;
}

it('a sale whose sweep takes long keeps no other waiting, and what ended in it is journalled meanwhile', async () => {
  const slow = await saleWithHolds('given-back', 'due');
  await slow.run('release', slow.tail('given-back'));
  const other = await saleWithHolds('due');
  await slow.advance(60_000);
  await other.setClock(harness.now);
  let goOn = (): void => undefined;
  const stuck = new Promise<void>((resolve) => (goOn = resolve));
  const giveBack = harness.sweep.giveBack.bind(harness.sweep);
  jest.spyOn(harness.sweep, 'giveBack').mockImplementation(async (sale) => {
    if (sale.id === slow.id) await stuck;
    return giveBack(sale);
  });
  const worker = new ExpiryWorker(harness.sweep, harness.activeSales, harness.config, harness.log);
  worker.onApplicationBootstrap();
  try {
    await eventually('the other sale is swept, and journalled', () => isExpired(other, 'due'));
    await eventually(
      'what was given back is journalled',
      async () => (await slow.row('given-back'))?.status === 'released',
    );
    expect(await isExpired(slow, 'due')).toBe(false);
    goOn();
    await eventually('the slow one is swept in the end', () => isExpired(slow, 'due'));
  } finally {
    goOn();
    await worker.beforeApplicationShutdown();
  }
  await slow.balanced();
  await other.balanced();
});

it('all that ended at one moment is journalled in one run, however many statements that takes', async () => {
  const ids = Array.from({ length: MANY }, (_, i) => `h${i}`);
  const sale = await saleWithHolds(...ids);
  await sale.advance(60_000);
  expect(await harness.sweep.runOnce(sale)).toEqual({ expired: MANY, rejected: 0, journalled: MANY });
  await sale.balanced();
});

it.each([
  [1, 100],
  [100, 100],
  [1_000, 1_000],
])('of %i sales each is swept every %i ms', (sales, intervalMs) => {
  expect(intervalFor(sales, 100)).toBe(intervalMs);
});
