import { EventStream } from '../../src/platform/event-stream.js';
import { Availability } from '../../src/sales/availability.js';
import { type CatalogSale, SaleCatalog } from '../../src/sales/sale-catalog.js';
import { SaleEvents } from '../../src/sales/sale-events.js';
import { EventReader } from '../e2e/event-reader.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY, type Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let shop: Storefront;
let sale: TestSale;
const open: EventReader[] = [];
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  shop = site.shop();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [20], holdTtlSeconds: 60 });
});
afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});
afterAll(() => site.close());

async function follow(path: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await EventReader.open(site.url, path, { authorization: `Bearer ${STOREFRONT_KEY}`, ...headers });
  open.push(reader);
  return reader;
}

const told = ({ event, id, data }: { event: string; id: string | null; data: Record<string, unknown> }): unknown => ({
  event,
  id,
  status: data['status'],
});

describe('GET /v1/reservations/{id}/events', () => {
  it('tells each state under its version, and ends after the last', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const reader = await follow(`/v1/reservations/${id}/events`);
    expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reader.response.headers['cache-control']).toBe('no-store');
    expect(told(await reader.nextOf('held'))).toEqual({ event: 'held', id: '2', status: 'held' });
    must(200, await shop.checkout(id));
    expect(told(await reader.nextOf('checkout'))).toEqual({ event: 'checkout', id: '3', status: 'checkout' });
    must(201, await shop.confirm(id, 'pay_1'));
    expect(told(await reader.nextOf('confirmed'))).toEqual({ event: 'confirmed', id: '4', status: 'confirmed' });
    expect(await reader.all()).toEqual([{ event: 'end', id: null, data: { reason: 'final' } }]);
  });

  it('carries the reservation as GET shows it', async () => {
    const { id } = (await site.held(sale, 'ann', 2)).body;
    const reader = await follow(`/v1/reservations/${id}/events`);
    expect((await reader.nextOf('held')).data).toEqual(must(200, await shop.read(id)).body);
  });

  it('after Last-Event-ID begins with the next change', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const reader = await follow(`/v1/reservations/${id}/events`, { 'last-event-id': '2' });
    must(200, await shop.end(id));
    expect(told((await reader.next()) ?? never())).toEqual({ event: 'released', id: '3', status: 'released' });
  });

  it('sends the present state to who has an older one, or none that can be', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    must(200, await shop.checkout(id));
    for (const lastEventId of ['2', '99', 'x'])
      expect(
        told(
          (await (await follow(`/v1/reservations/${id}/events`, { 'last-event-id': lastEventId })).next()) ?? never(),
        ),
      ).toEqual({ event: 'checkout', id: '3', status: 'checkout' });
  });

  it('tells of an expiry', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const reader = await follow(`/v1/reservations/${id}/events`);
    await reader.nextOf('held');
    await site.clock.advance(60_000);
    expect(told(await reader.nextOf('expired'))).toEqual({ event: 'expired', id: '3', status: 'expired' });
  });

  it('of another process is told all the same', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const other = await site.start('api');
    const reader = await EventReader.open(other.url, `/v1/reservations/${id}/events`, {
      authorization: `Bearer ${STOREFRONT_KEY}`,
    });
    open.push(reader);
    await reader.nextOf('held');
    must(200, await shop.end(id));
    await reader.nextOf('released');
    expect(await reader.all()).toHaveLength(1);
    await site.stop(other);
  });

  it('is a 404 for another customer, before any stream begins', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const bob = await site.buyer('bob');
    const answer = await bob.send({ method: 'GET', path: `/v1/reservations/${id}/events` });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 'reservation-not-found' });
  });

  it('ends when the process stops, so that stopping waits for nobody', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const other = await site.start('api');
    const reader = await EventReader.open(other.url, `/v1/reservations/${id}/events`, {
      authorization: `Bearer ${STOREFRONT_KEY}`,
    });
    open.push(reader);
    await reader.nextOf('held');
    const ended = reader.nextOf('end');
    await site.stop(other);
    expect((await ended).data).toEqual({ reason: 'stopping' });
  });
});

describe('a ticket for EventSource', () => {
  const withTicket = (path: string): Promise<EventReader> => EventReader.open(site.url, path);

  it('opens the stream that it was made for, without credentials', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const ann = await site.buyer('ann');
    const made = must(201, await ann.send({ method: 'POST', path: `/v1/reservations/${id}/events/ticket` }));
    const reader = await withTicket(String(made.body.url));
    open.push(reader);
    expect(told(await reader.nextOf('held'))).toEqual({ event: 'held', id: '2', status: 'held' });
  });

  it('opens nothing else, and nothing once it was changed', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const { id: other } = (await site.held(sale, 'bob')).body;
    const { body } = must(201, await shop.send({ method: 'POST', path: `/v1/reservations/${id}/events/ticket` }));
    const ticket = String(body.ticket);
    for (const path of [
      `/v1/reservations/${other}/events?ticket=${ticket}`,
      `/v1/reservations/${id}?ticket=${ticket}`,
      `/v1/reservations/${id}/events?ticket=${ticket}x`,
      `/v1/reservations/${id}/events?ticket=`,
      `/v1/reservations/${id}/events`,
    ]) {
      const reader = await withTicket(path);
      open.push(reader);
      expect({ path, status: reader.response.statusCode }).toEqual({ path, status: 401 });
    }
  });

  it('is worth no more than the key that it was made with', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const call = (method: 'POST' | 'DELETE', path: string, key: string, body?: object) =>
      site.client.send(site.url, { method, path, headers: { authorization: `Bearer ${key}` }, ...(body && { body }) });
    const made = await call('POST', '/v1/admin/api-keys', ADMIN_KEY, { name: 'a shop', scope: 'storefront' });
    const { id: keyId, key } = made.body as unknown as { id: string; key: string };
    const { url } = must(201, await call('POST', `/v1/reservations/${id}/events/ticket`, key)).body;
    must(200, await call('DELETE', `/v1/admin/api-keys/${keyId}?reason=lost`, ADMIN_KEY));
    const reader = await withTicket(String(url));
    open.push(reader);
    expect(reader.response.statusCode).toBe(401);
  });

  it('is not made for another customer', async () => {
    const { id } = (await site.held(sale, 'ann')).body;
    const bob = await site.buyer('bob');
    const answer = await bob.send({ method: 'POST', path: `/v1/reservations/${id}/events/ticket` });
    expect(answer.status).toBe(404);
  });
});

describe('GET /v1/sales/{id}/events', () => {
  it('tells the sale and its counts at once, then what changes', async () => {
    const reader = await EventReader.open(site.url, `/v1/sales/${sale.id}/events`);
    open.push(reader);
    expect((await reader.next())?.data).toMatchObject({ id: sale.id, status: 'open' });
    expect((await reader.next())?.data).toMatchObject({ saleId: sale.id, skus: [{ available: 20, held: 0 }] });
    await site.held(sale, 'ann', 3);
    expect((await reader.nextOf('availability')).data).toMatchObject({ skus: [{ available: 17, held: 3 }] });
    await site.operator().command(sale.id, 'pause');
    expect((await reader.nextOf('sale')).data).toMatchObject({ status: 'paused' });
  });

  it('serves many readers with one look', async () => {
    const readers = await Promise.all(Array.from({ length: 200 }, () => follow(`/v1/sales/${sale.id}/events`)));
    for (const reader of readers) await reader.nextOf('availability');
    await site.held(sale, 'ann', 5);
    for (const reader of readers)
      expect((await reader.nextOf('availability')).data).toMatchObject({ skus: [{ available: 15, held: 5 }] });
  });

  it('tells the newest counts to whoever comes with older ones than the others have been told, though nothing changes', async () => {
    const [first, found] = [await follow(`/v1/sales/${sale.id}/events`), await catalogued(sale.id)];
    const before = await site.app.get(Availability).exact(found);
    await site.held(sale, 'ann', 3);
    while (!JSON.stringify((await first.nextOf('availability')).data).includes('"held":3'));
    const late = new EventStream();
    site.app.get(SaleEvents).follow(late, found, before);
    let heard = '';
    for await (const chunk of late.body.setEncoding('utf8')) if ((heard += String(chunk)).includes('"held":3')) break;
    expect(heard.indexOf('"held":0')).toBeLessThan(heard.indexOf('"held":3'));
  });

  it('is a 404 for a sale that is not there', async () => {
    const answer = await shop.send({ method: 'GET', path: '/v1/sales/sale_nothere000/events' });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 'sale-not-found' });
  });

  it('is open to operators too', async () => {
    const reader = await follow(`/v1/sales/${sale.id}/events`, { authorization: `Bearer ${ADMIN_KEY}` });
    await reader.nextOf('sale');
  });
});

async function catalogued(saleId: string): Promise<CatalogSale> {
  return (await site.app.get(SaleCatalog).find(saleId)) ?? never();
}

function never(): never {
  throw new Error('the stream ended');
}
