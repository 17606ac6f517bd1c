import { AuditParts } from '../audit-parts.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';
import { eventfulSale } from '../tampering.js';

let harness: LedgerHarness;
let audits: AuditParts;
beforeAll(async () => {
  harness = await LedgerHarness.open();
  audits = new AuditParts(harness);
});
afterAll(() => harness.close());

const sql = (text: string, ...values: unknown[]): Promise<unknown> => harness.postgres.query(text, values);
const eventful = (): Promise<LedgerSale> => eventfulSale(harness);

describe('what is under way is no drift', () => {
  it.each<[string, (sale: LedgerSale) => Promise<unknown>]>([
    ['a hold that is decided and not journalled', (sale) => sale.decide({ id: 'a', lines: '1x1' })],
    [
      'a hold that is journalled and not announced',
      async (sale) => {
        await sale.decide({ id: 'a', lines: '1x1' });
        await sale.journal('a');
      },
    ],
    ['a release that Postgres has not yet', (sale) => sale.run('release', sale.tail('held'))],
    [
      'an expiry that Postgres has not yet',
      async (sale) => {
        await sale.advance(601_000);
        await sale.run('expire', 100);
      },
    ],
    ['an expiry that nobody has noticed', (sale) => sale.advance(601_000)],
    ['an extension that Postgres has not yet', (sale) => sale.run('extend', sale.tail('held'))],
    ['a pin that Postgres has not yet', (sale) => sale.run('pin', sale.tail('held'))],
    ['an order that is not settled yet', (sale) => sale.confirm('pinned')],
    ['a cancelled order that is not restocked yet', (sale) => sale.cancel('sold', true)],
    [
      'a cancelled order that is not settled yet',
      async (sale) => {
        await sale.confirm('pinned');
        await sale.cancel('pinned', true);
      },
    ],
    ['units that are withdrawn and not recorded yet', (sale) => sale.run('withdraw', '1', 0, 'capacity', 280)],
    ['units that are blocked and not recorded yet', (sale) => sale.run('block', '2', 0, 5)],
    [
      'units that Redis has not got yet',
      (sale) => sql('UPDATE skus SET numbered = 310, stock_version = 1 WHERE id = $1', sale.skuId(1)),
    ],
    [
      'units that are unblocked and not on sale yet',
      async (sale) => {
        await sql('DELETE FROM withdrawn_units WHERE sku_id = $1', sale.skuId(2));
        await sql('UPDATE skus SET stock_version = 1 WHERE id = $1', sale.skuId(2));
      },
    ],
  ])('%s', async (_what, act) => {
    const sale = await eventful();
    await act(sale);
    expect(await audits.findings(sale)).toEqual(['agrees']);
  });
});
