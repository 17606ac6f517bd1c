import { Redis } from 'ioredis';
import { saleKey } from '../../src/inventory/sale-keys.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { eventually } from '../e2e/eventually.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// Requests that nobody decides yet: the API runs, and the worker only when a test starts it.
let site: Site;
let api: RunningApp;
let sale: TestSale;
beforeEach(async () => {
  site = await Site.open({ frozen: true });
  const builder = await site.start();
  sale = await site.sale({ skus: [5], queueTimeoutSeconds: 30 });
  api = await site.start('api');
  await site.stop(builder);
});
afterEach(() => site.close());

const queue = async (customerId: string, quantity = 1, key = customerId): Promise<string> => {
  const body = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity }] };
  return must(202, await site.shop(api).reserve(sale.id, body, { key })).body.id;
};

/** The status once it is no longer queued. */
const decided = (id: string): Promise<string> =>
  eventually(`${id} is decided`, async () => {
    const { status } = (await site.shop(api).read(id)).body;
    return status !== 'queued' && status;
  });

describe('a queued request', () => {
  it('cannot be paid for: the payment is refused for good, and the hold is paid with another', async () => {
    const id = await queue('ann');
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'queued' } };
    expect(await site.shop(api).confirm(id, 'pay_1')).toMatchObject(refused);
    await site.start('worker');
    expect(await decided(id)).toBe('held');
    expect(await site.shop(api).confirm(id, 'pay_1')).toMatchObject(refused);
    must(201, await site.shop(api).confirm(id, 'pay_2'));
    await site.untilCounts(sale, '4 0 0 1 / 5');
  });

  it('stands in the customer’s list, waits, and is decided when a worker comes', async () => {
    const ids = [await queue('ann', 3), await queue('bob', 2), await queue('cid', 1)];
    expect((await site.shop(api).list(sale.id, '?customerId=ann')).body.items).toMatchObject([{ status: 'queued' }]);
    expect((await site.shop(api).read(ids[0]!, { prefer: 'wait=1' })).body.status).toBe('queued');
    await site.start('worker');
    expect(await Promise.all(ids.map(decided))).toEqual(['held', 'held', 'rejected']);
    expect(await site.counts(sale)).toEqual(['0 5 0 0 / 5']);
  });

  it('answers a repeat of its key as itself', async () => {
    const id = await queue('ann');
    const body = { customerId: 'ann', lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    expect((await site.shop(api).reserve(sale.id, body, { key: 'ann' })).body).toMatchObject({ id, status: 'queued' });
    const other = { ...body, mode: 'partial' as const };
    expect((await site.shop(api).reserve(sale.id, other, { key: 'ann' })).body).toMatchObject({
      code: 'idempotency-key-reused',
    });
    await site.start('worker');
    expect(await decided(id)).toBe('held');
    expect(await site.counts(sale)).toEqual(['4 1 0 0 / 5']);
  });

  it('can be taken back, twice with one answer, and is never held then', async () => {
    const [id, next] = [await queue('ann', 5), await queue('bob', 5)];
    const first = must(200, await site.shop(api).end(id));
    expect(first.body).toMatchObject({ id, status: 'released', version: 2 });
    expect(must(200, await site.shop(api).end(id)).body).toEqual(first.body);
    await site.start('worker');
    expect(await decided(next)).toBe('held');
    expect((await site.shop(api).read(id)).body).toEqual(first.body);
    expect(must(200, await site.shop(api).end(id)).body).toEqual(first.body);
    expect(await site.counts(sale)).toEqual(['0 5 0 0 / 5']);
  });

  it('cannot be extended, pinned or confirmed', async () => {
    const id = await queue('ann');
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'queued' } };
    expect(await site.shop(api).extend(id)).toMatchObject(refused);
    expect(await site.shop(api).checkout(id)).toMatchObject(refused);
    expect(await site.shop(api).confirm(id, 'pay_1')).toMatchObject(refused);
  });

  it('that waited for the sale’s whole queue timeout is rejected, one that waited a little less is not', async () => {
    const late = await queue('ann');
    await site.clock.advance(1);
    const inTime = await queue('bob');
    await site.clock.advance(29_999);
    const waiting = site.shop(api).read(late, { prefer: 'wait=30' });
    await site.start('worker');
    expect([await decided(late), await decided(inTime)]).toEqual(['rejected', 'held']);
    const { body } = must(200, await waiting);
    expect(body).toMatchObject({ status: 'rejected', problem: { code: 'queue-timeout', queuedAt: body.queuedAt } });
    const asked = { customerId: 'ann', lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    const again = await site.shop(api).reserve(sale.id, asked, { key: 'ann', wait: 5 });
    expect(again).toMatchObject({ status: 409, body: { code: 'queue-timeout', reservationId: late } });
    expect(again.headers.location).toBe(`/v1/reservations/${late}`);
    must(201, await site.shop(api).reserve(sale.id, asked, { key: 'a new one', wait: 10 }));
  });

  it('is refused for the reason that stands when it is decided', async () => {
    const id = await queue('ann');
    const [pausing, worker] = [site.operator(api).command(sale.id, 'pause'), site.start('worker')];
    await Promise.all([pausing, worker]);
    const status = await decided(id);
    const { problem } = (await site.shop(api).read(id)).body;
    expect([status, problem?.code ?? null]).toEqual(status === 'held' ? ['held', null] : ['rejected', 'sale-paused']);
  });
});

describe('a request that goes with Redis’s data while its customer waits', () => {
  it('is answered as lost, and reads as lost', async () => {
    const redis = new Redis(site.stores.redisUrl);
    const records = saleKey(site.stores.keyPrefix, sale.key, 0, 'requests');
    const body = { customerId: 'ann', lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }] };
    const waiting = site.shop(api).reserve(sale.id, body, { key: 'ann', wait: 10 });
    await eventually('the request is written down', async () => (await redis.hlen(records)) === 1);
    await redis.del(records);
    redis.disconnect();
    const { status, body: problem } = await waiting;
    expect({ status, code: problem.code }).toEqual({ status: 409, code: 'request-lost' });
    expect((await site.shop(api).read(problem.reservationId)).body).toMatchObject({
      status: 'rejected',
      problem: { code: 'request-lost' },
    });
  });
});
