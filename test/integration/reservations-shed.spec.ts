import { LoopLateness } from '../../src/platform/loop-lateness.js';
import { Behind } from '../../src/reservations/behind.js';
import { ShedRequests } from '../../src/reservations/shed-requests.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

/** Longer than this machine is ever late: the process is behind when the test says so. */
const MS_MAX = 600_000;
const BEHIND = { status: 503, body: { code: 'overloaded', retryAfterSeconds: 1 }, headers: { 'retry-after': '1' } };

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ env: { BEHIND_MS_MAX: String(MS_MAX) } });
  sale = await site.sale({ skus: [50] });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => site.close());

/** From now on nobody new is to come in. */
const fallBehind = (): unknown => jest.spyOn(Behind.prototype, 'admits').mockReturnValue(false);

const ask = (customerId: string, key = `of ${customerId}`): Promise<Answer> =>
  site.shop().reserve(sale.id, { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] }, { key, wait: 10 });

/** A body that nobody could parse. */
const askBroken = async (authorization?: string): Promise<{ status: number; code: string }> => {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const url = `/v1/sales/${sale.id}/reservations`;
  const answer = await site.app.inject({ method: 'POST', url, headers, payload: '{' });
  return { status: answer.statusCode, code: answer.json<{ code: string }>().code };
};

describe('a process that is behind', () => {
  it('turns new reservations away, whatever their body is, and says when to come back', async () => {
    await site.held(sale, 'ann', 1, { key: 'a key' });
    expect(await askBroken(`Bearer ${STOREFRONT_KEY}`)).toEqual({ status: 400, code: 'malformed-request' });
    fallBehind();
    expect(await ask('bob')).toMatchObject(BEHIND);
    expect(await ask('ann', 'a key')).toMatchObject(BEHIND);
    expect(await askBroken(`Bearer ${STOREFRONT_KEY}`)).toEqual({ status: 503, code: 'overloaded' });
    expect(await site.counts(sale)).toEqual(['49 1 0 0 / 50']);
  });

  it('still tells first who may not ask at all', async () => {
    fallBehind();
    expect(await askBroken()).toEqual({ status: 401, code: 'unauthorized' });
    expect(await askBroken('Bearer nobody-has-this-key-of-ours')).toEqual({ status: 401, code: 'unauthorized' });
  });

  it('serves those who hold, to the order, and everything that is read', async () => {
    const [cid, dan] = [await site.held(sale, 'cid'), await site.held(sale, 'dan')];
    fallBehind();
    must(200, await site.shop().read(cid.body.id));
    must(200, await site.shop().extend(cid.body.id));
    must(200, await site.shop().checkout(cid.body.id));
    must(201, await site.shop().confirm(cid.body.id, 'pay_cid'));
    must(200, await site.shop().end(dan.body.id));
    must(200, await site.shop().list(sale.id, '?customerId=cid'));
    must(200, await site.shop().availability(sale.id));
    await site.operator().command(sale.id, 'pause');
    await site.operator().command(sale.id, 'resume');
  });

  it('is one whose turns are long, of which the last ones and the present one are looked at', async () => {
    const rule = jest.spyOn(Behind.prototype, 'admits');
    jest.spyOn(site.app.get(LoopLateness), 'ms', 'get').mockReturnValue(MS_MAX + 1);
    for (let turns = 0; turns < 2; turns++) site.app.get(ShedRequests).look(MS_MAX + 1);
    await ask('eve');
    expect(rule).toHaveBeenLastCalledWith(expect.objectContaining({ turnMs: MS_MAX + 1 }), expect.any(Number));
    expect((rule.mock.contexts[0] as Behind).is).toBe(true);
  });

  it('is none by long waits alone where it is told to turn nobody away', async () => {
    const patient = await Site.all();
    fallBehind();
    try {
      await patient.held(await patient.sale(), 'fay');
    } finally {
      await patient.close();
    }
  });
});
