import type { HistoryPage } from '../../src/admin/history.dto.js';
import type { ReservationTrace } from '../../src/admin/trace.dto.js';
import { Postgres } from '../../src/platform/postgres.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
});
beforeEach(async () => {
  sale = await site.sale({ skus: [20], holdTtlSeconds: 60 });
});
afterAll(() => site.close());

function get(path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return site.client.send(site.url, { method: 'GET', path: `/v1/admin/${path}`, headers });
}

const history = async (query: string): Promise<HistoryPage> =>
  must(200, await get(`history?${query}`)).body as unknown as HistoryPage;
const trace = async (id: string): Promise<ReservationTrace> =>
  must(200, await get(`reservations/${id}/trace`)).body as unknown as ReservationTrace;

/** 'sequence kind actor reason' of each, first things first. */
const told = ({ items }: HistoryPage): string[] =>
  items.map(({ sequence, kind, actor, reason }) => [sequence, kind, actor?.split(':')[0], reason].join(' ')).reverse();

const kinds = ({ entries }: ReservationTrace): string[] => entries.map(({ kind }) => kind);
const textOf = ({ entries }: ReservationTrace, kind: string): string =>
  entries.find((entry) => entry.kind === kind)?.text ??
  `no ${kind} among ${kinds({ entries } as ReservationTrace).join()}`;

/** The history once it has so many entries: an expiry reaches the journal after Redis. */
const untilEntries = (query: string, entries: number): Promise<HistoryPage> =>
  eventually(`${entries} entries`, async () => {
    const page = await history(query);
    if (page.items.length !== entries) throw new Error(`entries: ${told(page).join(', ')}`);
    return page;
  });

describe('GET /v1/admin/history', () => {
  it('tells each transition of a reservation: who, why, and under which version', async () => {
    const shop = site.shop();
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await shop.extend(id));
    must(200, await shop.checkout(id));
    const { body: order } = must(201, await shop.confirm(id, 'pay_1'));
    must(200, await shop.cancel(order.id, true));
    expect(told(await history(`reservationId=${id}`))).toEqual([
      ...['2 held  ', '3 extended service ', '4 checkout service ', '5 confirmed service '],
      '6 cancelled service the customer called',
    ]);
  });

  it('knows a buyer from a shop, and time from both', async () => {
    const [given, lapsed, left] = [
      (await site.held(sale, 'ann')).body.id,
      (await site.held(sale, 'bob')).body.id,
      (await site.held(sale, 'eve')).body.id,
    ];
    must(200, await (await site.buyer('ann')).end(given, '?reason=too%20dear'));
    must(200, await site.shop().checkout(left));
    await site.clock.advance(3_600_000);
    expect(told(await untilEntries(`reservationId=${given}`, 2))).toEqual(['2 held  ', '3 released buyer too dear']);
    expect(told(await untilEntries(`reservationId=${lapsed}`, 2))).toEqual(['2 held  ', '3 expired  expired']);
    expect(told(await untilEntries(`reservationId=${left}`, 3))).toEqual([
      ...['2 held  ', '3 checkout service ', '4 expired  checkout-window-over'],
    ]);
  });

  it('finds by sale, by customer and by kind, in pages that never shift', async () => {
    await site.held(await site.sale(), 'ann');
    const ids = [(await site.held(sale, 'ann')).body.id, (await site.held(sale, 'bob')).body.id];
    const first = await history(`saleId=${sale.id}&limit=1`);
    must(200, await site.shop().end(ids[0] ?? ''));
    const second = await history(`saleId=${sale.id}&limit=1&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ reservationId }) => reservationId)).toEqual([...ids].reverse());
    expect(second.nextCursor).toBeNull();
    expect(told(await history(`saleId=${sale.id}&customerId=ann`))).toHaveLength(2);
    expect(told(await history('customerId=ann&kind=held')).length).toBeGreaterThanOrEqual(2);
    expect(told(await history(`saleId=${sale.id}&kind=released`))).toHaveLength(1);
  });

  it('finds whoever has or had a unit', async () => {
    const seats = await site.sale({ skus: [['A-1', 'A-2']] });
    const skuId = seats.skus[0] ?? '';
    const take = async (customerId: string, unit: string): Promise<string> =>
      must(201, await site.shop().reserve(seats.id, { customerId, lines: [{ skuId, units: [unit] }] }, { wait: 10 }))
        .body.id;
    const ann = await take('ann', 'A-1');
    must(200, await site.shop().end(ann));
    const bob = await take('bob', 'A-1');
    await take('eve', 'A-2');
    const { items } = await history(`skuId=${skuId}&unit=A-1`);
    expect(items.map(({ reservationId, kind }) => [reservationId, kind])).toEqual([
      [bob, 'held'],
      [ann, 'released'],
      [ann, 'held'],
    ]);
    expect((await get(`history?skuId=${skuId}&unit=B-9`)).body.code).toBe('unit-unknown');
    expect((await get('history?skuId=sku_nothere&unit=1')).body.code).toBe('sku-not-found');
    expect((await get('history?unit=1')).body.code).toBe('invalid-request');
  });

  it('keeps the units that a late payment replaced', async () => {
    const one = await site.sale({ skus: [['A-1', 'A-2']], holdTtlSeconds: 60 });
    const skuId = one.skus[0] ?? '';
    const { id } = (await site.held(one, 'ann')).body;
    await site.clock.advance(61_000);
    await untilEntries(`reservationId=${id}`, 2);
    must(
      201,
      await site.shop().reserve(one.id, { customerId: 'bob', lines: [{ skuId, units: ['A-1'] }] }, { wait: 10 }),
    );
    must(201, await site.shop().confirm(id, 'pay_late'));
    const of = async (unit: string): Promise<number> =>
      (await history(`skuId=${skuId}&unit=${unit}`)).items.filter(({ reservationId }) => reservationId === id).length;
    expect([await of('A-1'), await of('A-2')]).toEqual([3, 3]);
    const text = textOf(await trace(id), 'confirmed');
    expect(text).toMatch(
      /^Paid late and confirmed by the shop .*SKU 1 \(A-2\); before it expired it had 1 × SKU 1 \(A-1\), as ord_\w+ for the payment pay_late\.$/,
    );
  });

  it('is refused a change, whoever connects', async () => {
    await site.held(sale, 'ann');
    const { postgres } = { postgres: site.app.get(Postgres) };
    for (const statement of [
      "UPDATE transitions SET kind = 'expired'",
      "UPDATE transitions SET reason = 'another'",
      'DELETE FROM transitions',
      'TRUNCATE transitions',
    ])
      await expect(postgres.query(statement)).rejects.toThrow('never changed or deleted');
  });

  it('refuses a cursor of another list', async () => {
    const { status, body } = await get('history?cursor=abc');
    expect([status, body.errors[0]?.pointer]).toEqual([422, '?cursor']);
  });
});

describe('GET /v1/admin/reservations/{id}/trace', () => {
  it('explains what became of a reservation, in words', async () => {
    const { id } = (await site.held(sale, 'ann', 2)).body;
    must(200, await site.shop().checkout(id));
    must(409, await site.shop().confirm(id, 'pay_short', { amount: 1 }));
    const { body: order } = must(201, await site.shop().confirm(id, 'pay_1'));
    must(200, await site.shop().cancel(order.id, true));
    const traced = await eventually('all of it is delivered', async () => {
      const now = await trace(id);
      if (kinds(now).filter((kind) => kind === 'delivered').length < 2) throw new Error(kinds(now).join());
      return now;
    });
    expect(traced.reservation).toMatchObject({ id, status: 'confirmed', orderId: order.id });
    expect(kinds(traced)).toEqual(
      expect.arrayContaining(['queued', 'held', 'checkout', 'payment-refused', 'confirmed', 'cancelled', 'operator']),
    );
    expect(kinds(traced).indexOf('held')).toBeLessThan(kinds(traced).indexOf('checkout'));
    expect(textOf(traced, 'queued')).toBe('Asked for: 2 × SKU 1, all or nothing. Written down and queued.');
    expect(textOf(traced, 'held')).toMatch(/^Held: 2 × SKU 1 \(1, 2\) until \d{4}-.*Z\.$/);
    expect(textOf(traced, 'payment-refused')).toMatch(/^The payment pay_short was refused for good\. .*total/);
    expect(textOf(traced, 'confirmed')).toContain(`2 × SKU 1 (1, 2), as ${order.id} for the payment pay_1.`);
    expect(textOf(traced, 'cancelled')).toMatch(/^The order was cancelled by the shop .*: “the customer called”\.$/);
  });

  it('explains a refusal by the figures that it was decided by', async () => {
    await site.held(sale, 'ann', 19);
    const asked = { customerId: 'bob', lines: [{ skuId: sale.skus[0] ?? '', quantity: 5 }] };
    const refused = must(409, await site.shop().reserve(sale.id, asked, { wait: 10, key: 'one' }));
    const traced = await trace(refused.body.reservationId);
    expect(kinds(traced)).toEqual(['queued', 'rejected']);
    expect(textOf(traced, 'rejected')).toMatch(
      /^Rejected \(units-unavailable\): .* SKU 1: 5 asked for, 1 available, 19 held by others, the next of which could end at /,
    );
  });

  it('knows no reservation that was never made', async () => {
    const { status, body } = await get('reservations/rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4/trace');
    expect([status, body.code]).toEqual([404, 'reservation-not-found']);
  });
});
