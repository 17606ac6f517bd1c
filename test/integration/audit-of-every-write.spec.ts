import { BulkRun } from '../../src/admin/bulk-run.js';
import { createDocument } from '../../src/platform/openapi.js';
import { Postgres } from '../../src/platform/postgres.js';
import type { Answer } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { failedJobs, queueOf } from '../failed-jobs.js';
import { saleBody } from '../sales-app.js';

/** A write as an operator would make it, once what it needs is there. */
interface Write {
  readonly path: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly on?: Site;
  /** Of what it is the audit log's line. */
  readonly subject?: string;
}

/** What a line has besides its actor and reason: nothing before what is made, nothing after what is gone. */
type Shape = 'changes' | 'makes' | 'ends';

let site: Site;
/** Has no worker: what failed in its queues stays so. */
let idle: Site;
let sale: TestSale;
let actor: string;
beforeAll(async () => {
  site = await Site.all();
  idle = await Site.open({ env: { PARTITIONS: '2' } });
  await idle.start('api');
  sale = await site.sale({ skus: [40, ['A-1', 'A-2']] });
  [{ actor } = { actor: '' }] = await lines(site, "action = 'sale.create'");
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await site.close();
  await idle.close();
});

type Line = Record<'actor' | 'action' | 'subject' | 'reason', string> & { id: number; before: unknown; after: unknown };
const lines = (of: Site, where: string, values: unknown[] = []): Promise<Line[]> =>
  of.app.get(Postgres).query<Line>(`SELECT * FROM audit WHERE ${where} ORDER BY id`, values);

async function call(method: string, { path, body, headers, on = site }: Write): Promise<Answer> {
  const credentials = headers ?? { authorization: `Bearer ${ADMIN_KEY}` };
  return on.client.send(on.url, { method, path, headers: credentials, ...(body && { body }) });
}

async function made(path: string, body: object): Promise<string> {
  return must(201, await call('POST', { path: `/v1/admin${path}`, body })).body.id;
}

const draft = (slug: string): Promise<string> => made('/sales', saleBody(slug));
const ofSku = (part: string, body: object): Promise<Write> =>
  Promise.resolve({ path: `/v1/admin/skus/${sale.skus[0]}${part}`, body, subject: sale.skus[0] ?? '' });
const ofSale = (part: string, body: object = {}, id = sale.id): Promise<Write> =>
  Promise.resolve({ path: `/v1/admin/sales/${id}${part}`, body, subject: id });

async function ofHold(part: string, body: object = {}): Promise<Write> {
  const { id } = (await site.held(sale, 'ann')).body;
  return { path: `/v1/admin/holds/${id}${part}`, body, subject: id };
}

async function inBulk(part: string, body: object = {}): Promise<Write> {
  await site.held(sale, 'bob');
  return { path: `/v1/admin/holds/${part}`, body: { customerId: 'bob', saleId: sale.id, dryRun: false, ...body } };
}

async function session(): Promise<Record<string, string>> {
  const { headers } = must(201, await call('POST', { path: '/v1/admin/session' }));
  return { cookie: headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '', 'x-holdfast-session': '1' };
}

const failed = async (queue: string): Promise<string> => (await failedJobs(idle, queueOf(idle, queue), 1))[0] ?? '';

/** Every write of operators by its operation. The order is that of a sale's life where one needs another. */
const WRITES: Record<string, [Shape, () => Promise<Write>]> = {
  createSale: ['makes', () => Promise.resolve({ path: '/v1/admin/sales', body: saleBody('made') })],
  changeSale: ['changes', () => ofSale('', { holdTtlSeconds: 700 })],
  openSale: ['changes', async () => ofSale('/open', {}, await draft('opened'))],
  pauseSale: ['changes', () => ofSale('/pause')],
  resumeSale: ['changes', () => ofSale('/resume')],
  closeSale: ['changes', async () => ofSale('/close', {}, (await site.sale()).id)],
  addSku: [
    'makes',
    async () => ({ ...(await ofSale('/skus', { name: 'Box', capacity: 3, unitPrice: 1 })), subject: '' }),
  ],
  changeSku: ['changes', () => ofSku('', { unitPrice: 5_000 })],
  removeSku: [
    'changes',
    async () => {
      const id = await made(`/sales/${await draft('two')}/skus`, { name: 'Box', capacity: 3, unitPrice: 1 });
      return { path: `/v1/admin/skus/${id}`, subject: id };
    },
  ],
  changeCapacity: ['changes', () => ofSku('/capacity', { capacity: 50, mode: 'now' })],
  blockUnits: ['changes', () => ofSku('/block', { units: ['39'] })],
  unblockUnits: ['changes', () => ofSku('/unblock', { units: ['39'] })],
  planReleases: [
    'changes',
    () => ofSku('/release-schedule', { releases: [{ at: '2099-01-01T00:00:00Z', quantity: 2 }] }),
  ],
  importUnits: [
    'changes',
    () =>
      Promise.resolve({
        path: `/v1/admin/skus/${sale.skus[1]}/units`,
        body: [{ label: 'B-1' }],
        subject: sale.skus[1] ?? '',
      }),
  ],
  releaseHold: ['changes', () => ofHold('/release')],
  extendHold: ['changes', () => ofHold('/extend', { seconds: 60 })],
  releaseHolds: ['changes', () => inBulk('release')],
  extendHolds: ['changes', () => inBulk('extend', { seconds: 60 })],
  stopBulkRun: [
    'changes',
    async () => {
      // Whoever would do it does not come to it.
      jest.spyOn(site.app.get(BulkRun), 'runOnce').mockResolvedValue(0);
      const { path, body } = await inBulk('release');
      const answer = must(202, await call('POST', { path, body: { ...body, reason: 'a mistake' } }));
      const { id } = (answer.body as unknown as { run: { id: string } }).run;
      return { path: `/v1/admin/bulk-runs/${id}/stop`, body: {}, subject: id };
    },
  ],
  retryFailedJob: [
    'changes',
    async () => ({ path: `/v1/admin/queues/failed/${await failed('reserve-0')}/retry`, body: {}, on: idle }),
  ],
  retryFailedJobs: [
    'changes',
    async () => ({ subject: await failed('reserve-1'), path: '/v1/admin/queues/failed/retry', body: {}, on: idle }),
  ],
  repairLedger: [
    'changes',
    () =>
      Promise.resolve({ path: '/v1/admin/ledger/repair', body: { saleId: sale.id, dryRun: false }, subject: sale.id }),
  ],
  eraseCustomer: [
    'changes',
    async () => {
      const { id } = (await site.held(sale, 'eve')).body;
      must(200, await site.shop().end(id));
      return { path: '/v1/admin/customers/eve/erase', body: {} };
    },
  ],
  cancelOrder: [
    'changes',
    async () => {
      const { body: held } = await site.held(sale, 'cal');
      const { id } = must(201, await site.shop().confirm(held.id, 'pay_1')).body;
      return { path: `/v1/orders/${id}/cancel`, body: { restock: true }, subject: id };
    },
  ],
  issueApiKey: [
    'makes',
    () => Promise.resolve({ path: '/v1/admin/api-keys', body: { name: 'a shop', scope: 'storefront' } }),
  ],
  revokeApiKey: [
    'changes',
    async () => {
      const id = await made('/api-keys', { name: 'lost', scope: 'storefront' });
      return { path: `/v1/admin/api-keys/${id}`, subject: id };
    },
  ],
  signIn: ['makes', () => Promise.resolve({ path: '/v1/admin/session' })],
  signOut: ['ends', async () => ({ path: '/v1/admin/session', headers: await session() })],
};

/** Nobody says why they sign in or out. */
const WITHOUT_REASON = new Set(['signIn', 'signOut']);
/** Reasons that come in the query: these routes take no JSON object. */
const REASON_IN_QUERY = new Set(['revokeApiKey', 'removeSku', 'importUnits']);

const writesOfDocument = (): [string, string][] =>
  Object.entries(createDocument(site.app).paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const).flatMap((method): [string, string][] => {
      const id = item[method]?.operationId;
      return id && (path.startsWith('/v1/admin/') || id === 'cancelOrder') ? [[id, method.toUpperCase()]] : [];
    }),
  );

describe('every write of an operator', () => {
  it('is one of those below', () => {
    expect(Object.keys(WRITES).sort()).toEqual(
      writesOfDocument()
        .map(([id]) => id)
        .sort(),
    );
  });

  it.each(Object.entries(WRITES))(
    '%s has its line in the audit log: who, why, before and after',
    async (id, [shape, prepare]) => {
      const method = new Map(writesOfDocument()).get(id) ?? '';
      const { path, body, subject, on = site, headers } = await prepare();
      const reason = WITHOUT_REASON.has(id) ? null : `why ${id}`;
      const [last] = (await lines(on, 'true')).slice(-1);
      const inQuery = REASON_IN_QUERY.has(id);
      const asked = {
        path: inQuery ? `${path}?reason=${encodeURIComponent(reason ?? '')}` : path,
        ...(body && { body: inQuery || reason === null ? body : { ...body, reason } }),
        ...(headers && { headers }),
      };
      const { status } = await call(method, { ...asked, on });
      expect([id, status < 300]).toEqual([id, true]);
      const written = await lines(on, 'id > $1', [last?.id ?? 0]);
      const [line] = written.filter((each) => each.reason === reason && (!subject || each.subject === subject));
      const whose = on === site ? actor : (expect.stringMatching(/^admin:key_/) as string);
      expect(line).toMatchObject({ actor: whose, reason, subject: expect.stringMatching(/./) as string });
      expect([line?.before !== null, line?.after !== null]).toEqual([shape !== 'makes', shape !== 'ends']);
      expect(line?.before).not.toEqual(line?.after);
    },
  );

  it('that only asks what would be leaves no line', async () => {
    const [last] = (await lines(site, 'true')).slice(-1);
    const reason = { reason: 'just looking' };
    await site.held(sale, 'dee');
    for (const [path, body] of [
      ['/holds/release', { saleId: sale.id }],
      ['/holds/extend', { saleId: sale.id, seconds: 60 }],
      ['/ledger/repair', { saleId: sale.id }],
      ['/customers/gone/erase', { dryRun: true }],
    ] as const)
      must(200, await call('POST', { path: `/v1/admin${path}`, body: { ...body, ...reason } }));
    expect(await lines(site, 'id > $1', [last?.id ?? 0])).toEqual([]);
  });
});
