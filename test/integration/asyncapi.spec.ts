import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Stats } from '../../src/admin/stats.dto.js';
import type { EventDocument } from '../../src/platform/describe-events.js';
import { END_REASONS } from '../../src/platform/event-stream.js';
import { createDocument } from '../../src/platform/openapi.js';
import { visitNodes } from '../../src/platform/openapi-schemas.js';
import type { ReservationResource } from '../../src/reservations/reservation-resource.js';
import type { SaleAvailability } from '../../src/sales/availability.view.js';
import { EventContract } from '../conformance/event-contract.js';
import { EventReader } from '../e2e/event-reader.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let document: EventDocument;
beforeAll(async () => {
  site = await Site.all();
  const served = await site.app.inject({ method: 'GET', url: '/asyncapi.json' });
  expect(served.headers['content-type']).toBe('application/json; charset=utf-8');
  document = served.json();
});
afterAll(() => site.close());

interface Example {
  headers: Record<string, string>;
  payload: unknown;
}

interface Message {
  headers: { properties: Record<string, unknown> };
  examples?: Example[];
}

function exampleIn(message: Message | undefined): Example {
  const [example] = message?.examples ?? [];
  if (!example) throw new Error('a message without an example');
  return example;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const messagesOf = (channel: string): string[] => Object.keys(document.channels[channel]?.['messages'] as object);

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    // @ts-expect-error the module is CommonJS: here, as for Node, its default is the function itself
    addFormats(ajv);
    const validate = ajv.compile(
      JSON.parse(readFileSync('test/conformance/asyncapi/asyncapi-3.0.0.json', 'utf8')) as object,
    );
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, channels: { broken: { adress: '/' } } })).toBe(false);
  });

  it('refers to nothing that is not in it', () => {
    const missing: string[] = [];
    visitNodes(Object.values(document.channels), refersTo);
    visitNodes(Object.values(document.operations), refersTo);
    visitNodes(document.components, refersTo);
    function refersTo({ $ref }: Record<string, unknown>): void {
      if (typeof $ref !== 'string') return;
      const steps = $ref.replace(/^#\//, '').split('/');
      const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
      if (found === undefined) missing.push($ref);
    }
    expect(missing).toEqual([]);
  });

  it('has every stream of the OpenAPI document, under the same name, and no other', () => {
    const operations = Object.entries(createDocument(site.app).paths).flatMap(([path, { get }]) => {
      const answer = get?.responses['200'];
      const streams = answer && 'content' in answer && 'text/event-stream' in (answer.content ?? {});
      return streams ? [[get.operationId, path]] : [];
    });
    const told = Object.entries(document.operations).map(([name, { channel }]) => {
      const { $ref } = channel as { $ref: string };
      return [name, document.channels[$ref.replace('#/channels/', '')]?.['address']];
    });
    expect(told).toEqual(operations);
    expect(told).toHaveLength(3);
  });

  it('names what each stream tells, and each reason for its end', () => {
    expect(messagesOf('reservationEvents')).toEqual([
      ...['queued', 'held', 'checkout', 'confirmed', 'rejected', 'released', 'expired', 'end'],
    ]);
    expect(messagesOf('saleEvents')).toEqual(['sale', 'availability', 'end']);
    expect(messagesOf('statsEvents')).toEqual(['stats', 'changes', 'reset', 'end']);
    expect(document.components.schemas['StreamEnd']).toMatchObject({
      properties: { reason: { enum: Object.keys(END_REASONS) } },
    });
  });

  it('shows one whole example of each message, which fits what is said of it', () => {
    const contract = new EventContract(document);
    const told = Object.values(document.channels).flatMap(({ address, messages }) =>
      Object.entries(messages as Record<string, Message>).map(([name, message]) => {
        expect([name, message.examples?.length]).toEqual([name, 1]);
        const { headers, payload } = exampleIn(message);
        const { event = '', id = null, ...more } = headers;
        expect(more).toEqual({});
        // What may have an id is shown with one: that is what `Last-Event-ID` brings back.
        expect([name, id !== null]).toEqual([name, 'id' in message.headers.properties]);
        contract.judge(String(address), { event, id, data: payload });
        return event === name;
      }),
    );
    expect(told).toEqual(told.map(() => true));
    expect(told).toHaveLength(8 + 3 + 4);
  });

  it('shows examples whose numbers agree', () => {
    const messages = (channel: string) => document.channels[channel]?.['messages'] as Record<string, Message>;
    const { sale } = exampleIn(messages('statsEvents')['stats']).payload as Stats;
    const { skus } = exampleIn(messages('saleEvents')['availability']).payload as SaleAvailability;
    for (const { capacity, available, held, checkout, sold, blocked } of [...skus, ...(sale?.skus ?? []), sale!.totals])
      expect(available + held + checkout + sold + blocked).toBe(capacity);
    const { holds, rates, totals } = sale!;
    expect(sum(holds!.expiryForecast.map(({ units, checkoutUnits }) => units + checkoutUnits))).toBe(holds!.liveUnits);
    expect(sum(holds!.ageHistogram.map(({ units }) => units))).toBe(holds!.liveUnits);
    expect(totals.held + totals.checkout).toBe(holds!.liveUnits);
    expect(rates!.requests.lastMinute).toBe(rates!.holds.lastMinute + rates!.refusals.lastMinute);
    expect(rates!.confirms.lastMinute).toBe(holds!.outcomes.ordered);
    for (const [name, message] of Object.entries(messages('reservationEvents'))) {
      if (name === 'end') continue;
      const { headers, payload } = exampleIn(message);
      const { status, version } = payload as ReservationResource;
      expect([status, String(version)]).toEqual([name, headers['id']]);
    }
  });

  it('does not promise what is not built', () => {
    expect(JSON.stringify(document)).not.toMatch(/webhook|waitlist/i);
  });

  it('has the classes of what is told in the OpenAPI document, too, for the typed client', () => {
    const schemas = Object.keys(createDocument(site.app).components?.schemas ?? {});
    expect(schemas).toEqual(expect.arrayContaining(['HoldChanges', 'HoldChange', 'FeedReset', 'StreamEnd']));
  });
});

describe('what the streams tell', () => {
  let sale: TestSale;
  let contract: EventContract;
  beforeAll(async () => {
    sale = await site.sale({ skus: [3] });
    contract = new EventContract(document);
  });

  /** The reader compares each event with the document, and the test fails with the first that differs. */
  async function follow(path: string, key = STOREFRONT_KEY): Promise<EventReader> {
    return EventReader.open(site.url, path, { authorization: `Bearer ${key}` });
  }

  it('fits it, from a hold to an order', async () => {
    const [ofSale, ofStats] = [
      await follow(`/v1/sales/${sale.id}/events`),
      await follow(`/v1/admin/stats/events?saleId=${sale.id}`, ADMIN_KEY),
    ];
    const { id } = (await site.held(sale, 'ann')).body;
    const ofReservation = await follow(`/v1/reservations/${id}/events`);
    await ofReservation.nextOf('held');
    must(201, await site.shop().confirm(id, 'pay_1'));
    expect((await ofReservation.all()).map(({ event }) => event).slice(-2)).toEqual(['confirmed', 'end']);
    await ofStats.nextOf('changes');
    await ofSale.nextOf('availability');
    for (const reader of [ofSale, ofStats]) reader.close();
  });

  it('fits it, when it is refused after it was queued, or given back', async () => {
    const body = { lines: [{ skuId: sale.skus[0] ?? '', quantity: 50 }] };
    const refused = await site.shop().reserve(sale.id, { customerId: 'eve', ...body }, { wait: 10 });
    const ofRefused = await follow(`/v1/reservations/${refused.body.reservationId}/events`);
    expect((await ofRefused.all()).map(({ event }) => event)).toEqual(['rejected', 'end']);
    const { id } = (await site.held(sale, 'bob')).body;
    must(200, await site.shop().end(id));
    const released = await (await follow(`/v1/reservations/${id}/events`)).all();
    expect(released.map(({ event }) => event)).toEqual(['released', 'end']);
  });

  it('is judged: another name, another member, a missing id are noticed', () => {
    const path = `/v1/sales/${sale.id}/events`;
    const judged =
      (event: string, id: string | null, data: unknown, at = path) =>
      () =>
        contract.judge(at, { event, id, data });
    expect(judged('end', null, { reason: 'final' })).not.toThrow();
    expect(judged('end', null, { reason: 'bored' })).toThrow('allowed values');
    expect(judged('end', null, { reason: 'final', more: 1 })).toThrow('additional properties');
    expect(judged('stats', null, {})).toThrow('saleEvents tells');
    expect(judged('reset', null, { saleId: 's', why: 'w' }, '/v1/admin/stats/events')).toThrow("'id'");
    expect(judged('reset', '7-1', { saleId: 's', why: 'w' }, '/v1/admin/stats/events')).not.toThrow();
  });
});
