import type { BulkAnswer, BulkRunView } from '../../src/admin/bulk.dto.js';
import { Postgres } from '../../src/platform/postgres.js';
import { eventually } from '../e2e/eventually.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';

const REASON = 'bots from one address';

let site: Site;
let admin: AdminCalls;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  admin = new AdminCalls(site);
});
beforeEach(async () => {
  sale = await site.sale({ skus: [20, 5], extensionsMax: 0, holdTtlSeconds: 600 });
});
afterAll(() => site.close());

const bulkOf = ({ body }: Answer): BulkAnswer => body as unknown as BulkAnswer;
const ask = (action: 'release' | 'extend', body: object): Promise<Answer> =>
  admin.post(`/holds/${action}`, {
    saleId: sale.id,
    reason: REASON,
    ...(action === 'extend' && { seconds: 120 }),
    ...body,
  });

async function ended(id: string): Promise<BulkRunView> {
  return eventually(`${id} has ended`, async () => {
    const run = must(200, await admin.get(`/bulk-runs/${id}`)).body as unknown as BulkRunView;
    return run.status === 'running' ? undefined : run;
  });
}

async function done(action: 'release' | 'extend', body: object): Promise<BulkRunView> {
  const answer = must(202, await ask(action, { dryRun: false, ...body }));
  const { run } = bulkOf(answer);
  expect(answer.headers.location).toBe(`/v1/admin/bulk-runs/${run?.id}`);
  return ended(run?.id ?? '');
}

async function holds(...customers: string[]): Promise<Wire[]> {
  const made: Wire[] = [];
  for (const name of customers) made.push((await site.held(sale, name)).body);
  return made;
}

describe('POST /v1/admin/holds/release', () => {
  it('says first what it would do, and does nothing then', async () => {
    const [ann, bob] = await holds('ann', 'bob');
    await site.held(sale, 'cal', 3);
    must(200, await site.shop().checkout(bob?.id ?? ''));
    const dry = bulkOf(must(200, await ask('release', {})));
    expect(dry).toMatchObject({ dryRun: true, matching: 2, units: 4, run: null });
    expect(dry.sample.map(({ customerId }) => customerId).sort()).toEqual(['ann', 'cal']);
    expect(bulkOf(must(200, await ask('release', { status: 'checkout' })))).toMatchObject({ matching: 1, units: 1 });
    const named = { reservationIds: [ann?.id, bob?.id] };
    expect(bulkOf(must(200, await ask('release', named)))).toMatchObject({ matching: 1, units: 1 });
    expect(await site.counts(sale)).toEqual(['15 4 1 0 / 20', '5 0 0 0 / 5']);
  });

  it('gives back what is held and fits, and leaves who is paying alone', async () => {
    const [, bob] = await holds('ann', 'bob', 'cal', 'dee');
    must(200, await site.shop().checkout(bob?.id ?? ''));
    const run = await done('release', {});
    expect(run).toMatchObject({ action: 'release', status: 'done', matching: 3, changed: 3, unchanged: 0, failed: 0 });
    expect(run).toMatchObject({
      reason: REASON,
      filter: { saleId: sale.id, status: 'held' },
      failures: [],
      seconds: null,
    });
    expect(await site.counts(sale)).toEqual(['19 0 1 0 / 20', '5 0 0 0 / 5']);
    expect(must(200, await site.shop().read(bob?.id ?? '')).body.status).toBe('checkout');
    expect(await admin.audit(run.id)).toMatchObject([
      { action: 'holds.release', reason: REASON, before: { matching: 3, units: 3 }, after: { saleId: sale.id } },
      { action: 'holds.release.done', reason: REASON, after: { changed: 3, unchanged: 0, failed: 0 } },
    ]);
    expect(await done('release', {})).toMatchObject({ matching: 0, changed: 0 });
    expect(await done('release', { status: 'checkout' })).toMatchObject({ matching: 1, changed: 1 });
    await site.untilCounts(sale, '20 0 0 0 / 20', '5 0 0 0 / 5');
  });

  it('keeps the name of a customer no longer than it needs it', async () => {
    // A name that no random id can hold by chance.
    const name = 'Ann of the bots';
    await holds(name, 'bob');
    const run = await done('release', { customerId: name });
    expect(run).toMatchObject({ changed: 1, filter: { saleId: sale.id } });
    expect(JSON.stringify([run.filter, await admin.audit(run.id)])).not.toContain(name);
    expect(await site.counts(sale)).toEqual(['19 1 0 0 / 20', '5 0 0 0 / 5']);
  });

  it('does the very same again after a crash in the middle of a chunk, and counts it once', async () => {
    const made = await holds('ann', 'bob', 'cal');
    const postgres = site.app.get(Postgres);
    // As a worker leaves it that died after it had released two of its plan, one of them in Redis alone.
    const ids = made.map(({ id }) => id).sort();
    for (const id of ids.slice(0, 2)) must(200, await site.shop().end(id));
    await postgres.query(`UPDATE reservations SET status = 'held', version = 2 WHERE id = $1`, [ids[0]]);
    await postgres.query(
      `INSERT INTO bulk_runs (id, action, filter, reason, actor, matching, asked_at, plan)
       VALUES ('bulk_crashed', 'release', $1, 'a crash', 'admin:key_x', 3, ledger_now(), $2::jsonb)`,
      [{ saleId: sale.id, status: 'held' }, JSON.stringify(ids.map((id) => ({ id })))],
    );
    expect(await ended('bulk_crashed')).toMatchObject({ status: 'done', matching: 3, changed: 3, unchanged: 0 });
    expect(await site.counts(sale)).toEqual(['20 0 0 0 / 20', '5 0 0 0 / 5']);
    for (const { id } of made) expect(must(200, await site.shop().read(id)).body.status).toBe('released');
  });

  it('is stopped when an operator says so', async () => {
    await holds('ann');
    // A plan of what is no reservation keeps it running for as long as its lock is not to be had.
    const postgres = site.app.get(Postgres);
    const blocker = await postgres.connect();
    await blocker.query(`SELECT pg_advisory_lock(hashtextextended('bulk_stopped', 0))`);
    await postgres.query(
      `INSERT INTO bulk_runs (id, action, filter, reason, actor, matching, asked_at)
       VALUES ('bulk_stopped', 'release', $1, 'a mistake', 'admin:key_x', 1, ledger_now())`,
      [{ saleId: sale.id, status: 'held' }],
    );
    const stopped = must(200, await admin.post('/bulk-runs/bulk_stopped/stop', { reason: 'wrong sale' })).body;
    expect(stopped).toMatchObject({ status: 'stopped', changed: 0 });
    await blocker.query(`SELECT pg_advisory_unlock(hashtextextended('bulk_stopped', 0))`);
    blocker.release();
    expect(must(200, await admin.post('/bulk-runs/bulk_stopped/stop', { reason: 'again' })).body).toEqual(stopped);
    expect(await admin.audit('bulk_stopped')).toMatchObject([{ action: 'holds.stop', reason: 'wrong sale' }]);
    expect(await site.counts(sale)).toEqual(['19 1 0 0 / 20', '5 0 0 0 / 5']);
  });
});

describe('POST /v1/admin/holds/extend', () => {
  it('prolongs each by so much, once, though its chunk is done twice', async () => {
    const made = await holds('ann', 'bob');
    expect(await done('extend', {})).toMatchObject({ action: 'extend', seconds: 120, matching: 2, changed: 2 });
    const later = made.map(({ expiresAt }) => Date.parse(expiresAt ?? '') + 120_000);
    const deadlines = async (): Promise<number[]> => {
      const { items } = must(200, await admin.get('/holds', { saleId: sale.id, sort: 'customer' })).body;
      return items.map(({ expiresAt }) => Date.parse(expiresAt ?? ''));
    };
    expect(await deadlines()).toEqual(later);
    const plan = JSON.stringify(
      made.map(({ id }, i) => ({ id, until: later[i] })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    await site.app.get(Postgres).query(
      `INSERT INTO bulk_runs (id, action, filter, seconds, reason, actor, matching, asked_at, plan)
       VALUES ('bulk_again', 'extend', $1, 120, 'a crash', 'admin:key_x', 2, ledger_now(), $2::jsonb)`,
      [{ saleId: sale.id, status: 'held' }, plan],
    );
    await ended('bulk_again');
    expect(await deadlines()).toEqual(later);
  });

  it('leaves out what was held after the question, and who is paying', async () => {
    const [ann] = await holds('ann');
    must(200, await site.shop().checkout(ann?.id ?? ''));
    expect(await ask('extend', { status: 'checkout' })).toMatchObject({
      ...{ status: 422, body: { errors: [{ pointer: '/status' }] } },
    });
    expect(await done('extend', {})).toMatchObject({ matching: 0, changed: 0 });
  });
});

describe('a bulk change', () => {
  it.each(['release', 'extend'] as const)('to %s is refused where what it names is not there', async (action) => {
    const refusals: [object, number, string, string][] = [
      [{ saleId: 'sale_0000000000' }, 404, 'sale-not-found', ''],
      [{ skuId: 'sku_none' }, 404, 'sku-not-found', ''],
      [{ unit: 'Z-9' }, 422, 'unit-unknown', '/unit'],
      [{ reason: '' }, 422, 'invalid-request', '/reason'],
      [{ olderThan: '60' }, 422, 'invalid-request', '/olderThan'],
      [{ dryRun: 'no' }, 422, 'invalid-request', '/dryRun'],
      [{ reservationIds: [] }, 422, 'invalid-request', '/reservationIds'],
      [{ saleId: undefined }, 422, 'invalid-request', ''],
      [{ saleId: undefined, unit: 'A-1', customerId: 'ann' }, 422, 'invalid-request', '/unit'],
    ];
    for (const [body, status, code, pointer] of refusals) {
      const answer = await ask(action, { dryRun: false, ...body });
      expect([body, answer.status, answer.body.code]).toEqual([body, status, code]);
      expect((answer.body.errors as { pointer: string }[] | undefined)?.[0]?.pointer ?? '').toBe(pointer);
    }
    if (action === 'extend')
      expect((await ask(action, { seconds: undefined })).body.errors[0]?.pointer).toBe('/seconds');
  });

  it('is listed, the newest first, in pages', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.unshift((await done('release', { reservationIds: ['none'] })).id);
      await site.clock.advance(1_000);
    }
    const first = must(200, await admin.get('/bulk-runs', { limit: 2 })).body;
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = must(200, await admin.get('/bulk-runs', { limit: 1, cursor: first.nextCursor ?? '' })).body;
    expect(next.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await admin.get('/bulk-runs', { cursor: 'bulk_00000000000000000000' })).body.errors).toMatchObject([
      { pointer: '?cursor' },
    ]);
    expect(await admin.get('/bulk-runs/bulk_none')).toMatchObject({
      status: 404,
      body: { code: 'bulk-run-not-found' },
    });
    expect(await admin.post('/bulk-runs/bulk_none/stop', { reason: 'x' })).toMatchObject({ status: 404 });
  });
});
