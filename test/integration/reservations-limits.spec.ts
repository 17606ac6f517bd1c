import { must } from '../e2e/test-sale.js';
import { Site } from '../e2e/site.js';

describe('a customer whom a service names', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.all({ env: { CUSTOMER_REQUESTS_MAX: '3', LIMIT_WINDOW_SECONDS: '60' } });
  });
  afterAll(() => site.close());

  it('may ask for reservations so many times, whoever asks for them; reading and giving back is not counted', async () => {
    const sale = await site.sale({ skus: [50] });
    const skuId = sale.skus[0] ?? '';
    const ask = (customerId: string) =>
      site.shop().reserve(sale.id, { customerId, lines: [{ skuId, quantity: 1 }] }, { wait: 10 });
    const held = must(201, await ask('c_1'));
    for (let i = 0; i < 5; i++) must(200, await site.shop().read(held.body.id));
    must(201, await ask('c_1'));
    must(201, await ask('c_1'));
    const refused = must(429, await ask('c_1'));
    expect(refused.body).toMatchObject({ code: 'too-many-requests', limitedBy: 'customer', limit: 3 });
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect(await site.counts(sale)).toEqual(['47 3 0 0 / 50']);
    must(201, await ask('c_2'));
    must(429, await (await site.buyer('c_1')).read(held.body.id));
  });
});
