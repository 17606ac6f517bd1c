import { readConfig } from '../../src/platform/read-config.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { buyerToken } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

type Payment = Record<'reference' | 'status' | 'orderId', string> & {
  amount: number;
  problem: { code: string; reason: string } | null;
};

const WINDOWS = { holdTtlSeconds: 60, checkoutTtlSeconds: 120 };

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true, env: { DEMO_SHOP: 'true' } });
});
beforeEach(async () => {
  sale = await site.sale({ skus: [2], ...WINDOWS, latePayment: 'rehold' });
});
afterAll(() => site.close());

function call(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return site.client.send(site.url, { method, path, headers, body });
}

/** Somebody who came to the shop, and what they may do there. */
async function shopper() {
  const { customerId, token } = must(201, await call('POST', '/demo/login', undefined, { name: 'Ada' }))
    .body as unknown as { customerId: string; token: string };
  const paymentsOf = (id: string) => `/demo/reservations/${id}/payments`;
  return {
    customerId,
    token,
    /** A hold of the buyer's own, made with their token. */
    async held(of = sale): Promise<string> {
      const headers = { authorization: `Bearer ${token}`, prefer: 'wait=10' };
      const body = { lines: [{ skuId: of.skus[0], quantity: 1 }] };
      const path = `/v1/sales/${of.id}/reservations`;
      return must(201, await site.client.send(site.url, { method: 'POST', path, headers, body })).body.id;
    },
    read: async (id: string) => must(200, await call('GET', `/v1/reservations/${id}`, token)).body,
    pay: (id: string, card: string) => call('POST', paymentsOf(id), token, { card }),
    /** The last payment, once it is not under way any more. */
    async paid(id: string): Promise<Payment> {
      for (;;) {
        const { items } = must(200, await call('GET', paymentsOf(id), token)).body as unknown as { items: Payment[] };
        if (items[0] && items[0].status !== 'processing') return items[0];
      }
    },
  };
}

describe('the demo shop', () => {
  it('signs anybody in, as a customer whom nobody has met before', async () => {
    const [ada, bob] = [await shopper(), await shopper()];
    expect(ada.customerId).toMatch(/^demo_[a-z0-9]{12}$/);
    expect(bob.customerId).not.toBe(ada.customerId);
    const list = must(200, await call('GET', `/v1/sales/${sale.id}/reservations`, ada.token)).body.items;
    expect(list).toEqual([]);
  });

  it('sells what is held for money that the pretended provider took', async () => {
    const ada = await shopper();
    const id = await ada.held();
    const begun = must(201, await ada.pay(id, 'succeeds')).body as unknown as Payment;
    expect(begun).toMatchObject({ status: 'processing', amount: 4500, orderId: null });
    expect(begun.reference).toMatch(/^pay_/);
    const paid = await ada.paid(id);
    expect(paid).toMatchObject({ status: 'ordered', reference: begun.reference });
    const order = must(200, await call('GET', `/v1/orders/${paid.orderId}`, ada.token)).body;
    expect(order).toMatchObject({ reservationId: id, total: 4500, paymentReference: begun.reference });
    await site.untilCounts(sale, '1 0 0 1 / 2');
  });

  it('pays once, however often somebody clicks', async () => {
    const ada = await shopper();
    const id = await ada.held();
    const [first, second] = await Promise.all([ada.pay(id, 'succeeds'), ada.pay(id, 'succeeds')]);
    expect([first.status, second.status].sort()).toEqual([200, 201]);
    const { reference } = await ada.paid(id);
    const again = must(200, await ada.pay(id, 'succeeds')).body as unknown as Payment;
    expect(again).toMatchObject({ reference, status: 'ordered' });
  });

  it('says that a card was declined, keeps the units, and takes another card', async () => {
    const ada = await shopper();
    const id = await ada.held();
    must(201, await ada.pay(id, 'fails'));
    expect(await ada.paid(id)).toMatchObject({ status: 'declined', orderId: null });
    expect((await ada.read(id)).status).toBe('checkout');
    must(201, await ada.pay(id, 'succeeds'));
    expect((await ada.paid(id)).status).toBe('ordered');
  });

  it('charges nobody for what was given back', async () => {
    const ada = await shopper();
    const id = await ada.held();
    must(200, await call('DELETE', `/v1/reservations/${id}`, ada.token));
    must(201, await ada.pay(id, 'succeeds'));
    const { status, problem } = await ada.paid(id);
    expect([status, problem?.code]).toEqual(['refused', 'reservation-not-held']);
  });

  it('buys late, after the window, what is still free', async () => {
    const ada = await shopper();
    const id = await ada.held();
    must(201, await ada.pay(id, 'late'));
    await untilPinned(ada, id);
    await site.clock.advance(120_000);
    expect((await ada.paid(id)).status).toBe('ordered');
    await site.untilCounts(sale, '1 0 0 1 / 2');
  });

  it('gives the money back when it came late and the units are gone', async () => {
    const refusing = await site.sale({ skus: [1], ...WINDOWS, latePayment: 'refuse' });
    const ada = await shopper();
    const id = await ada.held(refusing);
    must(201, await ada.pay(id, 'late'));
    await untilPinned(ada, id);
    await site.clock.advance(120_000);
    const { status, problem } = await ada.paid(id);
    expect([status, problem?.code, problem?.reason]).toEqual(['refunded', 'payment-late-rejected', 'expired']);
  });

  it('lets nobody pay for another, or look at it', async () => {
    const [ada, bob] = [await shopper(), await shopper()];
    const id = await ada.held();
    expect(await bob.pay(id, 'succeeds')).toMatchObject({ status: 404, body: { code: 'reservation-not-found' } });
    expect((await call('GET', `/demo/reservations/${id}/payments`, bob.token)).status).toBe(404);
    expect((await call('POST', '/demo/reservations/..%2f..%2forders/payments', bob.token, {})).status).toBe(404);
  });

  it('names what is wrong with a request', async () => {
    const ada = await shopper();
    const answer = must(422, await ada.pay(await ada.held(), 'gold'));
    expect(answer.body.errors).toEqual([{ pointer: '/card', detail: 'must be one of succeeds, fails, slow, late' }]);
    must(422, await call('POST', '/demo/login', undefined, { name: '' }));
  });

  it('is at /shop, under the policy of a page', async () => {
    for (const path of ['/shop', '/shop/orders/ord_1']) {
      const { status, headers } = await fetch(site.url + path).then(({ status, headers }) => ({ status, headers }));
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    }
  });
});

async function untilPinned(ada: Awaited<ReturnType<typeof shopper>>, id: string): Promise<void> {
  const { status, version } = await ada.read(id);
  if (status === 'checkout') return;
  const headers = { authorization: `Bearer ${ada.token}`, prefer: 'wait=20', 'if-none-match': `"${version}"` };
  await site.client.send(site.url, { method: 'GET', path: `/v1/reservations/${id}`, headers });
  await untilPinned(ada, id);
}

describe('wherever the stores are somebody’s own', () => {
  const STORES = {
    ...{ DATABASE_URL: 'postgres://db.example/x', REDIS_URL: 'redis://cache.example' },
    ...{ RESERVATION_ID_SECRET: 'x'.repeat(32), JWT_SECRET: 'y'.repeat(32), STOREFRONT_API_KEY: 'z'.repeat(32) },
  };
  const HERE = { DATABASE_URL: 'postgres://127.0.0.1/x', REDIS_URL: 'redis://127.0.0.1:6379' };

  it('there is no shop, no login and no pretended payment', async () => {
    const plain = await Site.all();
    try {
      const token = await buyerToken('c_1');
      const answers = [
        await plain.client.send(plain.url, { method: 'GET', path: '/shop' }),
        await plain.client.send(plain.url, { method: 'GET', path: '/shop/orders/ord_1' }),
        await plain.client.send(plain.url, { method: 'POST', path: '/demo/login', body: {} }),
        await plain.client.send(plain.url, {
          ...{ method: 'POST', path: '/demo/reservations/rsv_1/payments', body: {} },
          headers: { authorization: `Bearer ${token}` },
        }),
      ];
      expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
        Array<string>(4).fill('404 route-not-found'),
      );
    } finally {
      await plain.close();
    }
  });

  it('a process that is told to have one does not start', () => {
    expect(() => readConfig({ ...STORES, DEMO_SHOP: 'true' })).toThrow(/DEMO_SHOP needs both stores on this machine/);
    expect(readConfig({ ...STORES, ...HERE, DEMO_SHOP: 'true' }).demoShop).toBe(true);
    expect(readConfig(STORES).demoShop).toBe(false);
  });

  it('nor one that lacks what it signs and confirms with', () => {
    const { JWT_SECRET: _secret, ...rest } = STORES;
    expect(() => readConfig({ ...rest, ...HERE, DEMO_SHOP: 'true' })).toThrow(/JWT_SECRET and STOREFRONT_API_KEY/);
  });
});
