import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../e2e/eventually.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';

interface ToldSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  links?: { traceId: string; spanId: string }[];
}

/** As much of an OTLP/HTTP collector as takes spans in. */
class Collector {
  readonly spans: ToldSpan[] = [];
  readonly services = new Set<string>();
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') this.take(JSON.parse(Buffer.concat(chunks).toString()) as Export);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** The spans of a trace by their names, once all that are asked for are there. */
  trace(traceId: string, names: readonly string[]): Promise<Map<string, ToldSpan>> {
    return eventually(`spans ${names.join(', ')}`, () => {
      const found = new Map(this.spans.filter((span) => span.traceId === traceId).map((span) => [span.name, span]));
      const missing = names.filter((name) => !found.has(name));
      if (missing.length > 0)
        throw new Error(`missing ${missing.join(', ')}, there are ${[...found.keys()].join(', ')}`);
      return Promise.resolve(found);
    });
  }

  private take({ resourceSpans }: Export): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '');
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
  }
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: ToldSpan[] }[];
  }[];
}

const collector = new Collector();
let site: Site;
let api: RunningApp;
let sale: TestSale;
beforeAll(async () => {
  // The SDK's own variable: spans leave soon, so that nobody waits five seconds for them.
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100';
  site = await Site.open({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: await collector.open() } });
  await site.start('worker');
  api = await site.start('api');
});
beforeEach(async () => {
  sale = await site.operator(api).sell({ skus: [10] });
  await site.untilDelivered();
});
afterAll(async () => {
  await site.close();
  collector.close();
  delete process.env['OTEL_BSP_SCHEDULE_DELAY'];
});

let traces = 0;
const freshTrace = (): { traceId: string; spanId: string; traceparent: string } => {
  const traceId = (++traces).toString(16).padStart(32, 'abcdef');
  return { traceId, spanId: '00f067aa0ba902b7', traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
};

const send = (path: string, body: object, traceparent: string): ReturnType<ReturnType<Site['shop']>['send']> =>
  site.shop(api).send({ method: 'POST', path, headers: { prefer: 'wait=10', traceparent }, body });

const reserve = (customerId: string, traceparent: string): ReturnType<typeof send> =>
  send(`/v1/sales/${sale.id}/reservations`, { customerId, lines: [{ skuId: sale.skus[0], quantity: 1 }] }, traceparent);

const RESERVE = 'POST /v1/sales/:saleId/reservations';
const HELD = [RESERVE, 'accept batch', 'script accept', 'reserve queue add', 'decide batch', 'script hold'].concat([
  'journal insert',
  'script announce',
]);

it('a trace that the caller began goes from the request through the queue to the commit and the settling', async () => {
  const { traceId, spanId, traceparent } = freshTrace();
  const { id } = must(201, await reserve('ann', traceparent)).body;
  must(201, await send(`/v1/reservations/${id}/confirm`, { paymentReference: 'pay_1' }, traceparent));
  const confirmed = ['POST /v1/reservations/:id/confirm', 'script pin', 'pin batch', 'journal pin'].concat(
    'confirm transaction',
  );
  const spans = await collector.trace(traceId, [...HELD, ...confirmed, 'deliver facts', 'script settle']);
  const above = (name: string): string | undefined => {
    const parent = spans.get(name)?.parentSpanId;
    return parent === spanId ? 'the caller' : [...spans.values()].find((span) => span.spanId === parent)?.name;
  };
  expect(above(RESERVE)).toBe('the caller');
  expect(above('accept batch')).toBe(RESERVE);
  expect(above('reserve queue add')).toBe('accept batch');
  expect(above('decide batch')).toBe('reserve queue add');
  for (const name of ['script hold', 'journal insert', 'script announce']) expect(above(name)).toBe('decide batch');
  for (const name of ['script pin', 'pin batch']) expect(above(name)).toBe('POST /v1/reservations/:id/confirm');
  expect(above('journal pin')).toBe('pin batch');
  expect(above('deliver facts')).toBe('confirm transaction');
  expect(above('script settle')).toBe('deliver facts');
  expect([...collector.services]).toEqual(['holdfast']);
});

it('a batch is linked with the requests that it decides, whichever trace it stands in', async () => {
  const asked = Array.from({ length: 8 }, freshTrace);
  const answers = await Promise.all(asked.map(({ traceparent }, i) => reserve(`c${i}`, traceparent)));
  for (const answer of answers) must(201, answer);
  const requests = await Promise.all(asked.map(({ traceId }) => collector.trace(traceId, [RESERVE])));
  const ids = requests.map((spans) => spans.get(RESERVE)?.spanId);
  await eventually('every request is linked from a batch that was decided', () => {
    const decided = collector.spans.filter(({ name }) => name === 'decide batch');
    const linked = new Set(decided.flatMap(({ links = [] }) => links.map((link) => link.spanId)));
    return Promise.resolve(ids.every((id) => id !== undefined && linked.has(id)));
  });
});

it('a caller who does not want to be traced is not, and one who sends nonsense gets a trace of its own', async () => {
  const unsampled = freshTrace();
  must(201, await reserve('ann', unsampled.traceparent.replace(/01$/, '00')));
  must(201, await reserve('bob', 'nonsense'));
  await eventually('the trace of the other is there', () =>
    Promise.resolve(collector.spans.some(({ name, parentSpanId }) => name === RESERVE && !parentSpanId)),
  );
  expect(collector.spans.filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
});
