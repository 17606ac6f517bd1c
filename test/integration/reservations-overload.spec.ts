import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

// The API runs and nobody decides, so that what is queued grows old.
let site: Site;
let api: RunningApp;
let sale: TestSale;
beforeEach(async () => {
  site = await Site.open({ env: { QUEUE_AGE_MS_MAX: '100' } });
  const builder = await site.start();
  sale = await site.sale({ skus: [50], queueTimeoutSeconds: 300 });
  api = await site.start('api');
  await site.stop(builder);
});
afterEach(() => site.close());

const body = (customerId: string): { customerId: string; lines: { skuId: string; quantity: number }[] } => ({
  customerId,
  lines: [{ skuId: sale.skus[0] ?? '', quantity: 1 }],
});

const turnedAway = (): Promise<{ code: string; retryAfter: number }> =>
  eventually('somebody is turned away', async () => {
    const { status, headers, body: problem } = await site.shop(api).reserve(sale.id, body('bob'));
    return status === 503 && { code: problem.code, retryAfter: Number(headers['retry-after']) };
  });

describe('a queue whose oldest request has waited too long', () => {
  it('takes no more, and says when to come back', async () => {
    must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'first' }));
    const { code, retryAfter } = await turnedAway();
    expect(code).toBe('overloaded');
    expect([1, 2, 3]).toContain(retryAfter);
  });

  it('still shows, and takes back, what is queued', async () => {
    const { id } = must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'first' })).body;
    await turnedAway();
    expect((await site.shop(api).read(id)).body.status).toBe('queued');
    must(200, await site.shop(api).end(id));
  });

  it('takes again once a worker has caught up, and the first is decided', async () => {
    const { id } = must(202, await site.shop(api).reserve(sale.id, body('ann'), { key: 'first' })).body;
    await turnedAway();
    await site.start('worker');
    await eventually('the queue is young again', async () => {
      const { status } = await site.shop(api).reserve(sale.id, body('cid'), { key: 'later', wait: 5 });
      return status === 201 || status === 200;
    });
    expect((await site.shop(api).read(id)).body.status).toBe('held');
  });
});
