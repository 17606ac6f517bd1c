import type { ReservationTrace, TraceEntry } from '../../src/admin/trace.dto.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';

let site: Site;
let admin: AdminCalls;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  admin = new AdminCalls(site);
});
beforeEach(async () => {
  sale = await site.sale({ skus: [5, ['A-1', 'A-2']], holdTtlSeconds: 60, queueTimeoutSeconds: 30 });
});
afterAll(() => site.close());

async function trace(id: string): Promise<ReservationTrace> {
  return must(200, await admin.get(`/reservations/${id}/trace`)).body as unknown as ReservationTrace;
}

/**
 * Its sentences, first things first, with `…` for what another run would tell otherwise, once one begins so. What has
 * Postgres's own time comes last: the ledger's stands still.
 */
function told(id: string, awaited: string): Promise<string[]> {
  return eventually(`the trace tells ${awaited}`, async () => {
    const { entries } = await trace(id);
    if (!entries.some(({ text }) => text.startsWith(awaited)))
      throw new Error(entries.map(({ text }) => text).join('\n'));
    const isOfPostgres = ({ kind }: TraceEntry): boolean => kind === 'operator' || kind === 'delivered';
    const inOrder = [...entries.filter((entry) => !isOfPostgres(entry)), ...entries.filter(isOfPostgres)];
    return inOrder.map(({ text }) =>
      text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…').replace(/\b(ord|rsv)_\w[\w-]+/g, '$1_…'),
    );
  });
}

const ASKED = 'Asked for: 1 × SKU 1, all or nothing. Written down and queued.';
const HELD = 'Held: 1 × SKU 1 (1) until ….';
const PINNED = 'Pinned for payment by the shop (STOREFRONT_API_KEY) until …: no deadline takes the units before.';
const OPERATOR = 'an operator (ADMIN_API_KEY)';
const SETTLED = 'Redis has been told: its units are counted as sold.';

describe('the trace of a reservation', () => {
  it('that is held says of what and until when', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    expect(await told(id, 'Held')).toEqual([ASKED, HELD]);
    const [skuId = '', seats = ''] = sale.skus;
    const named = { customerId: 'bob', lines: [{ skuId: seats, units: ['A-2'] }] };
    const { body: seat } = must(201, await site.shop().reserve(sale.id, named, { wait: 10 }));
    expect(await told(seat.id, 'Held')).toEqual([
      'Asked for: 1 × SKU 2 by name (A-2), all or nothing. Written down and queued.',
      'Held: 1 × SKU 2 (A-2) until ….',
    ]);
    const some = { customerId: 'cal', mode: 'partial' as const, lines: [{ skuId, quantity: 9 }] };
    const { body: partial } = must(201, await site.shop().reserve(sale.id, some, { wait: 10 }));
    expect(await told(partial.id, 'Held')).toEqual([
      'Asked for: 9 × SKU 1, as much of it as can be had. Written down and queued.',
      'Held: 4 × SKU 1 (2, 3, 4, 5) until ….',
    ]);
  });

  it('that was rejected says by which figures', async () => {
    await site.held(sale, 'ann', 3);
    const lines = [{ skuId: sale.skus[0] ?? '', quantity: 4 }];
    const { body } = must(409, await site.shop().reserve(sale.id, { customerId: 'bob', lines }, { wait: 10 }));
    expect(await told(body.reservationId, 'Rejected')).toEqual([
      'Asked for: 4 × SKU 1, all or nothing. Written down and queued.',
      'Rejected (units-unavailable): Not enough units are available now; held ones may come back. ' +
        'SKU 1: 4 asked for, 2 available, 3 held by others, the next of which could end at ….',
    ]);
  });

  it('of a customer with too many says how many they have', async () => {
    const one = await site.sale({ skus: [5], unitsPerCustomerMax: 2 });
    await site.held(one, 'ann', 2);
    const lines = [{ skuId: one.skus[0] ?? '', quantity: 1 }];
    const { body } = must(409, await site.shop().reserve(one.id, { customerId: 'ann', lines }, { wait: 10 }));
    const [, why] = await told(body.reservationId, 'Rejected');
    expect(why).toContain('Rejected (customer-limit-reached)');
    expect(why).toContain('Of 2 allowed, 2 held and 0 sold.');
  });

  it('that ran out says so', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    await site.clock.advance(61_000);
    expect(await told(id, 'Ran out')).toEqual([ASKED, HELD, 'Ran out: its time was over; its units went back.']);
  });

  it('that an operator prolonged and gave back says who and why, in the order in which it was done', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await admin.post(`/holds/${id}/extend`, { seconds: 60, reason: 'slow provider' }));
    await site.clock.advance(1_000);
    must(200, await admin.post(`/holds/${id}/release`, { reason: 'a bot' }));
    expect(await told(id, 'An operator (ADMIN_API_KEY) gave it back')).toEqual([
      ...[ASKED, HELD],
      `Extended by ${OPERATOR} until …: “slow provider”.`,
      `Given back by ${OPERATOR}: “a bot”.`,
      'An operator (ADMIN_API_KEY) moved its deadline by hand: “slow provider”.',
      'An operator (ADMIN_API_KEY) gave it back by hand: “a bot”.',
    ]);
  });

  it('that was being paid for and was given back says when Redis had it', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await site.shop().checkout(id));
    must(200, await (await site.buyer('ann')).end(id, '?reason=too%20dear'));
    const texts = await told(id, 'Redis has been told');
    expect(texts).toEqual([
      ...[ASKED, HELD, PINNED],
      'Given back by the buyer: “too dear”.',
      'Redis has been told: its units are back on sale.',
    ]);
  });

  it('whose payment window was over says so', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await site.shop().checkout(id));
    await site.clock.advance(3_600_000);
    const texts = await eventually('it has ended', async () => {
      const { entries } = await trace(id);
      return entries.some(({ kind }) => kind === 'expired') && entries.map(({ text }) => text);
    });
    expect(texts).toContain('Ran out: the payment window was over; its units went back.');
  });

  it('that was confirmed and cancelled names the order and the payment', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const { body: order } = must(201, await site.shop().confirm(id, 'pay_1'));
    const confirmed = 'Confirmed by the shop (STOREFRONT_API_KEY): 1 × SKU 1 (1), as ord_… for the payment pay_1.';
    expect(await told(id, SETTLED)).toEqual([ASKED, HELD, PINNED, confirmed, SETTLED]);
    must(200, await site.shop().cancel(order.id, true));
    const settled = 'Redis has been told: the cancelled order is settled.';
    const why = 'by the shop (STOREFRONT_API_KEY): “the customer called”.';
    expect(await told(id, settled)).toEqual([
      ...[ASKED, HELD, PINNED, confirmed, `The order was cancelled ${why}`, SETTLED],
      ...['The shop (STOREFRONT_API_KEY) cancelled its order: “the customer called”.', settled],
    ]);
  });

  it('that was paid for late names the hold that it was paid with, and the one that it had', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    await site.clock.advance(61_000);
    await told(id, 'Ran out');
    await site.held(sale, 'bob');
    must(201, await site.shop().confirm(id, 'pay_late'));
    const { entries } = await trace(id);
    const [confirmed] = entries.filter(({ kind }) => kind === 'confirmed');
    expect(confirmed?.text.replace(/\b(ord|rsv)_\w[\w-]+/g, '$1_…')).toBe(
      'Paid late and confirmed by the shop (STOREFRONT_API_KEY), with the units of rsv_…: 1 × SKU 1 (2); ' +
        'before it expired it had 1 × SKU 1 (1), as ord_… for the payment pay_late.',
    );
    const [, other = ''] = /units of (rsv_[\w-]+)/.exec(confirmed?.text ?? '') ?? [];
    const texts = (await trace(other)).entries.map(({ text }) => text);
    expect(texts[0]).toMatch(/^Held again for a payment that came late: 1 × SKU 1 \(2\) until /);
  });

  it('whose payment came too late says why it was refused', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    await site.clock.advance(61_000);
    await told(id, 'Ran out');
    await site.operator().command(sale.id, 'close');
    must(409, await site.shop().confirm(id, 'pay_late'));
    const { entries } = await trace(id);
    const [refused] = entries.filter(({ kind }) => kind === 'payment-refused');
    expect(refused).toMatchObject({ reason: 'payment-late-rejected' });
    expect(refused?.text).toBe(
      'The payment pay_late was refused for good. The reservation had expired when the payment came, and the sale is closed; refund it.',
    );
  });
});

describe('the trace of a request that nobody decides', () => {
  it('says that it waits, for how long, and that it was withdrawn', async () => {
    const idle = await Site.open();
    const running = await idle.start('api');
    const worker = await idle.start('worker');
    const waiting = await idle.sale({ skus: [5], queueTimeoutSeconds: 30 });
    await idle.stop(worker);
    const lines = [{ skuId: waiting.skus[0] ?? '', quantity: 1 }];
    const { body } = must(202, await idle.shop(running).reserve(waiting.id, { customerId: 'ann', lines }));
    const calls = new AdminCalls(idle);
    const read = async (): Promise<ReservationTrace['entries']> =>
      (must(200, await calls.get(`/reservations/${body.id}/trace`)).body as unknown as ReservationTrace).entries;
    const latest = new Date(Date.parse(body.queuedAt ?? '') + 30_000).toISOString();
    expect(await read()).toMatchObject([
      { kind: 'queued' },
      { kind: 'pending', text: `Not decided yet: a worker will, or it is rejected (queue-timeout) at ${latest}.` },
    ]);
    must(200, await idle.shop(running).end(body.id));
    expect(await read()).toMatchObject([
      { kind: 'queued' },
      { kind: 'released', at: null, text: 'Withdrawn while it was queued: it never had a unit.' },
    ]);
    await idle.close();
  });
});
