import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const PER_SECOND_MAX = 3;

let site: Site;
let sale: TestSale;
const written: Record<string, unknown>[] = [];
beforeAll(async () => {
  site = await Site.all({
    env: { LOG_LEVEL: 'info', REFUSAL_LINES_PER_SECOND_MAX: String(PER_SECOND_MAX) },
    log: (line) => written.push(JSON.parse(line) as Record<string, unknown>),
  });
});
beforeEach(async () => {
  sale = await site.sale({ skus: [3], unitsPerCustomerMax: 2 });
  written.splice(0);
});
afterAll(() => site.close());

/** The lines of a kind, when there are as many as there should be. */
const lines = (msg: string, count: number): Promise<Record<string, unknown>[]> =>
  eventually(`${count} lines say "${msg}"`, () => {
    const found = written.filter((line) => line['msg'] === msg);
    if (found.length !== count) throw new Error(JSON.stringify(found));
    return Promise.resolve(found);
  });

const ask = (customerId: string, quantity: number, key?: string): ReturnType<ReturnType<Site['shop']>['send']> =>
  site.shop().send({
    method: 'POST',
    path: `/v1/sales/${sale.id}/reservations`,
    headers: { prefer: 'wait=10', 'x-request-id': `asked-by-${customerId}`, ...(key && { 'idempotency-key': key }) },
    body: { customerId, lines: [{ skuId: sale.skus[0], quantity }] },
  });

describe('the line of a refusal', () => {
  it('by the ledger has the figures of the SKU, the customer and the request, and is written once', async () => {
    const held = await site.held(sale, 'ann', 2);
    const refused = must(409, await ask('bob', 2, 'a-key'));
    must(409, await ask('bob', 2, 'a-key'));
    expect(await lines('refused', 1)).toEqual([
      expect.objectContaining({
        ...{ level: 'info', code: 'units-unavailable', at: 'ledger', saleId: sale.id, customerId: 'bob' },
        ...{ requestId: 'asked-by-bob', reservationId: refused.body.reservationId, mode: 'all', requested: 2 },
        lines: [
          {
            ...{ skuId: sale.skus[0], requested: 2, available: 1, heldByOthers: 2 },
            nextExpiryAt: held.body.expiresAt,
          },
        ],
      }),
    ]);
  });

  it('by the limit of a customer has the limit and what counts towards it', async () => {
    await site.held(sale, 'ann', 2);
    must(409, await ask('ann', 1));
    const [line] = await lines('refused', 1);
    expect(line).toMatchObject({ code: 'customer-limit-reached', customerId: 'ann', limit: 2, held: 2, sold: 0 });
    expect(line).toMatchObject({ requested: 1, requestId: 'asked-by-ann', at: 'ledger' });
  });

  it('at the door names who called, for whom, and what was wrong', async () => {
    must(422, await ask('ann', 0));
    const [line] = await lines('refused', 1);
    expect(line).toMatchObject({ code: 'invalid-request', at: 'door', saleId: sale.id, customerId: 'ann' });
    expect(line).toMatchObject({
      requestId: 'asked-by-ann',
      method: 'POST',
      caller: expect.stringMatching(/^service:key_/),
    });
    expect(line).toMatchObject({ errors: [{ pointer: '/lines/0/quantity' }] });
  });

  it('of a buyer names the buyer, and never a token', async () => {
    const buyer = await site.buyer('cid');
    must(404, await buyer.reserve('sale_0000000000', { lines: [{ skuId: 'sku_x', quantity: 1 }] }));
    const [line] = await lines('refused', 1);
    expect(line).toMatchObject({ code: 'sale-not-found', caller: 'buyer', customerId: 'cid' });
    expect(JSON.stringify(written)).not.toMatch(/eyJ|Bearer (?!…)/);
  });

  it('of a payment has the figures that were compared', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(409, await site.shop().confirm(id, 'pay_1', { amount: 1, currency: 'EUR' }));
    const [line] = await lines('refused', 1);
    expect(line).toMatchObject({ code: 'amount-mismatch', expected: { amount: 4500, currency: 'EUR' } });
    expect(line).toMatchObject({ path: `/v1/reservations/${id}/confirm` });
  });
});

describe('a crowd that is refused', () => {
  it('has its first few lines a second and one that counts the rest', async () => {
    await site.held(sale, 'ann', 2);
    const crowd = Array.from({ length: 40 }, (_, i) => ask(`c${i}`, 2, `crowd-${i}`));
    for (const answer of await Promise.all(crowd)) must(409, answer);
    const said = await eventually('all of them are accounted for', () => {
      const own = written.filter(({ msg }) => msg === 'refused').length;
      const more = written.filter(({ msg }) => msg === 'refused as before');
      const counted = more.reduce((sum, { times }) => sum + Number(times), 0);
      return Promise.resolve(own + counted === 40 && { own, more });
    });
    expect(said.own).toBeLessThan(40);
    expect(said.more[0]).toMatchObject({ code: 'units-unavailable', at: 'ledger', saleId: sale.id });
  });
});
