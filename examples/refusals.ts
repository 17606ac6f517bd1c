// Every refusal that a storefront may meet, in the order of README's table: how this example meets it, and what to do.
import { randomUUID } from 'node:crypto';
import { type Answer, type Ask, Client, type Problem, Refused } from './client.js';
import type { Sale, Stage } from './stage.js';

interface Reservation {
  readonly id: string;
}

interface Availability {
  readonly skus: readonly { readonly state: 'available' | 'all_held' | 'sold_out' }[];
}

type Refusal = Answer<Problem>;

interface Lesson {
  readonly code: string;
  /** What a storefront does when it meets this. */
  readonly advice: string;
  /** Missing where it takes more than a storefront: an operator, an outage, or a crowd. */
  readonly meet?: (on: Counter, stage: Stage) => Promise<Refusal>;
}

/** The few calls that the lessons are made of. */
class Counter {
  private customers = 0;

  constructor(readonly shop: Client) {}

  get nobody(): Client {
    return new Client(this.shop.url);
  }

  customer(): string {
    return `someone-${this.customers++}`;
  }

  /** One line of one SKU; `more` replaces what is to be wrong. */
  body(sale: Sale, more: object = {}, line: object = { quantity: 1 }): Record<string, unknown> {
    return { customerId: this.customer(), lines: [{ skuId: sale.skus[0]?.id, ...line }], ...more };
  }

  reserve(sale: Sale, body: unknown = this.body(sale), ask: Ask = {}): Promise<Refusal> {
    const key = randomUUID();
    return this.post(`/v1/sales/${sale.id}/reservations`, { idempotencyKey: key, prefer: 'wait=10', body, ...ask });
  }

  async held(sale: Sale, body: unknown = this.body(sale)): Promise<string> {
    const { status, body: answer } = await this.reserve(sale, body);
    if (status >= 400) throw new Refused(answer);
    return (answer as unknown as Reservation).id;
  }

  confirm(id: string, paymentReference: string, amount?: number): Promise<Refusal> {
    return this.post(`/v1/reservations/${id}/confirm`, { body: { paymentReference, amount } });
  }

  get(path: string): Promise<Refusal> {
    return this.shop.call('GET', path);
  }

  post(path: string, ask?: Ask): Promise<Refusal> {
    return this.shop.call('POST', path, ask);
  }

  async release(id: string): Promise<void> {
    await this.shop.must('DELETE', `/v1/reservations/${id}`);
  }

  /** A storefront's key reads exact counts; an order is counted as sold a moment after it was made. */
  async untilSoldOut(sale: Sale): Promise<void> {
    for (;;) {
      const { skus } = await this.shop.must<Availability>('GET', `/v1/sales/${sale.id}/availability`);
      if (skus[0]?.state === 'sold_out') return;
    }
  }
}

const broken = { text: '{"lines": [', type: 'application/json' };
const form = { text: 'skuId=1&quantity=1', type: 'application/x-www-form-urlencoded' };

export const LESSONS: readonly Lesson[] = [
  { code: 'too-many-requests', advice: 'Wait as long as Retry-After says, then repeat.' },
  {
    code: 'unauthorized',
    advice: 'The key is missing, wrong or revoked: alert whoever runs the storefront.',
    meet: (on, { open }) => on.nobody.call('POST', `/v1/sales/${open.id}/reservations`, { body: on.body(open) }),
  },
  {
    code: 'forbidden',
    advice: 'The key is good, but not for this: a storefront has no business here.',
    meet: (on) => on.get('/v1/admin/sales'),
  },
  {
    code: 'route-not-found',
    advice: 'A mistake of ours: compare the path with /docs.',
    meet: (on) => on.get('/v1/tickets'),
  },
  {
    code: 'method-not-allowed',
    advice: 'A mistake of ours: the Allow header names the methods.',
    meet: (on) => on.shop.call('PUT', '/v1/sales'),
  },
  {
    code: 'unsupported-media-type',
    advice: 'A mistake of ours: send JSON.',
    meet: (on, { open }) => on.reserve(open, undefined, { raw: form }),
  },
  {
    code: 'body-too-large',
    advice: 'Keep what is large on our side and put its id into metadata.',
    meet: (on, { open }) => on.reserve(open, on.body(open, { metadata: { cart: 'x'.repeat(20_000) } })),
  },
  {
    code: 'malformed-request',
    advice: 'A mistake of ours: this is not JSON.',
    meet: (on, { open }) => on.reserve(open, undefined, { raw: broken }),
  },
  {
    code: 'invalid-request',
    advice: 'errors[] names each field by a JSON pointer: mend the form or the code.',
    meet: (on, { open }) => on.reserve(open, on.body(open, {}, { quantity: 0 })),
  },
  {
    code: 'sale-not-found',
    advice: 'An old link: show the list of sales.',
    meet: (on, { open }) => on.reserve({ ...open, id: 'sale_0000000000' }),
  },
  {
    code: 'sku-not-found',
    advice: 'The page is older than the sale: load the sale again.',
    meet: (on, { open, closed }) => on.reserve(open, on.body(closed)),
  },
  {
    code: 'unit-unknown',
    advice: 'The seat map is older than the sale: load it again.',
    meet: (on, { open }) => on.reserve(open, on.body(open, {}, { units: ['Z-99'] })),
  },
  {
    code: 'reservation-not-found',
    advice: 'Not an id of this service, or one of another customer: begin a new cart.',
    meet: (on) => on.get('/v1/reservations/rsv_unknown'),
  },
  {
    code: 'order-not-found',
    advice: 'As above, for orders.',
    meet: (on) => on.get('/v1/orders/ord_unknown'),
  },
  {
    code: 'idempotency-key-reused',
    advice: 'A mistake of ours: a changed cart is a new wish and takes a new key.',
    meet: async (on, { open }) => {
      const [idempotencyKey, body] = [randomUUID(), on.body(open)];
      await on.reserve(open, body, { idempotencyKey });
      return on.reserve(open, { ...body, metadata: { changed: true } }, { idempotencyKey });
    },
  },
  {
    code: 'sale-not-open',
    advice: 'Show a countdown to opensAt.',
    meet: (on, { tomorrow }) => on.reserve(tomorrow),
  },
  {
    code: 'sale-paused',
    advice: 'Say "back in a moment" and try again.',
    meet: (on, { paused }) => on.reserve(paused),
  },
  { code: 'sale-closed', advice: 'Say that it is over.', meet: (on, { closed }) => on.reserve(closed) },
  {
    code: 'customer-limit-reached',
    advice: 'Say the limit, and offer the holds of reservationIds for release.',
    meet: async (on, { onePerCustomer }) => {
      const customerId = on.customer();
      await on.held(onePerCustomer, on.body(onePerCustomer, { customerId }));
      return on.reserve(onePerCustomer, on.body(onePerCustomer, { customerId }));
    },
  },
  {
    code: 'units-unavailable',
    advice: 'Others hold them: offer what is available, or to try again at nextExpiryAt, with a new key.',
    meet: async (on, { lastUnit }) => {
      await on.held(lastUnit);
      return on.reserve(lastUnit);
    },
  },
  {
    code: 'sold-out',
    advice: 'They are paid for and will not come back: say so.',
    meet: async (on, { soldOut }) => {
      await on.confirm(await on.held(soldOut), randomUUID());
      await on.untilSoldOut(soldOut);
      return on.reserve(soldOut);
    },
  },
  {
    code: 'reservation-not-held',
    advice: 'It has ended, reservationStatus says how: back to the cart, before any payment.',
    meet: async (on, { open }) => {
      const id = await on.held(open);
      await on.release(id);
      return on.post(`/v1/reservations/${id}/checkout`);
    },
  },
  {
    code: 'extension-refused',
    advice: 'No more time: the countdown to expiresAt stands.',
    meet: async (on, { noExtensions }) => on.post(`/v1/reservations/${await on.held(noExtensions)}/extend`),
  },
  {
    code: 'already-confirmed',
    advice: 'The customer paid twice: refund this payment; orderId has the order.',
    meet: async (on, { open }) => {
      const id = await on.held(open);
      await on.confirm(id, 'pay_first');
      return on.confirm(id, 'pay_second');
    },
  },
  {
    code: 'amount-mismatch',
    advice: 'Refund this payment; `expected` is what to charge, under a new reference.',
    meet: async (on, { open }) => on.confirm(await on.held(open), 'pay_too_little', 1),
  },
  {
    code: 'payment-late-rejected',
    advice: 'The hold had ended before the money came: refund, and say so. Never ship.',
    meet: async (on, { open }) => {
      const id = await on.held(open);
      await on.release(id);
      return on.confirm(id, 'pay_late');
    },
  },
  { code: 'queue-timeout', advice: 'The service could not decide in time: ask again, with a new key.' },
  { code: 'request-lost', advice: 'Redis lost its files before it was decided: ask again, with a new key.' },
  { code: 'overloaded', advice: 'Wait as long as Retry-After says, then repeat with the same key.' },
  { code: 'store-unavailable', advice: 'The outcome is unknown: repeat with the same key or reference; never refund.' },
  { code: 'internal', advice: 'As above, and tell whoever runs the service: X-Request-Id finds it in the log.' },
];

/** Meets them one by one; returns the codes that were not answered. */
export async function meetRefusals(shop: Client, stage: Stage, say: (line: string) => void): Promise<string[]> {
  const counter = new Counter(shop);
  const unmet: string[] = [];
  for (const { code, advice, meet } of LESSONS) {
    const met = await meet?.(counter, stage);
    const answered = met ? `${met.status} ${met.body.code}` : '';
    if (met && met.body.code !== code) unmet.push(`${code}, but ${answered}`);
    say(`${(met ? answered : `  - ${code}`).padEnd(28)}${advice}`);
  }
  return unmet;
}
