import { BulkRun } from '../../src/admin/bulk-run.js';
import type { BulkRunView } from '../../src/admin/bulk.dto.js';
import type { HoldPage } from '../../src/admin/hold.view.js';
import { Postgres } from '../../src/platform/postgres.js';
import { ReservationIds } from '../../src/reservations/reservation-ids.js';
import { eventually } from '../e2e/eventually.js';
import { Site } from '../e2e/site.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';

/** Enough for several pages and chunks. The seconds of it are the rows: CROWD=20000 for a night as it may be. */
const HOLDS = Number(process.env['CROWD'] ?? 2_000);
/** Holds of the second SKU: those that are given back in bulk. */
const OF_BOTS = HOLDS / 5;
const PAGE = Math.min(500, HOLDS / 10);
/** Rows in one statement: its time is bounded. */
const ROWS = 1_000;
const TEST_MS_MAX = 300_000;

let site: Site;
let admin: AdminCalls;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  admin = new AdminCalls(site);
});
afterAll(() => site.close());

/** A sale with so many holds, one unit each, as if they had been asked for one by one: journalled, then built in Redis. */
async function crowded(ofBots: number): Promise<{ sale: TestSale; ids: string[] }> {
  const sale = await site.sale({ skus: [HOLDS + 1_000, ofBots + 500], holdTtlSeconds: 600 });
  const ids = Array.from({ length: HOLDS }, (_, i) => {
    const tail = site.app.get(ReservationIds).tailFor(sale.key, `c_${i + 1}`, 'key');
    return `rsv_${sale.key}${tail}`;
  });
  for (let from = 0; from < HOLDS; from += ROWS) await journal(sale, ids, from, ofBots);
  await site.app.get(Postgres).query('ANALYZE reservations');
  const repair = { saleId: sale.id, dryRun: false, reason: 'a test' };
  must(200, await admin.post('/ledger/repair', repair));
  await site.clock.follow(sale);
  return { sale, ids };
}

async function journal(sale: TestSale, ids: readonly string[], from: number, ofBots: number): Promise<void> {
  await site.app.get(Postgres).query(
    `INSERT INTO reservations (id, sale_id, customer_id, status, epoch, version, hold_sequence, mode, fingerprint, lines, total,
       queued_at, held_at, expires_at)
     SELECT t.id, s.id, 'c_' || t.n, 'held', s.epoch, 2, t.n, 'all', 'print', jsonb_build_array(jsonb_build_object(
         'ordinal', CASE WHEN t.n <= $3 THEN 2 ELSE 1 END, 'unitPrice', 4500, 'requested', 1, 'named', false,
         'units', jsonb_build_array(t.n))), 4500, t.at, t.at, t.at + interval '600 seconds'
     FROM sales s, LATERAL (SELECT u.id, u.n, ledger_now() - interval '1 minute' + u.n * interval '2 ms' AS at
       FROM (SELECT id, n + $4 AS n FROM unnest($2::text[]) WITH ORDINALITY AS rows (id, n)) AS u) AS t WHERE s.id = $1`,
    [sale.id, ids.slice(from, from + ROWS), ofBots, from],
  );
}

async function page(query: Record<string, string | number>): Promise<HoldPage> {
  return must(200, await admin.get('/holds', query)).body as unknown as HoldPage;
}

/** The books of the sale, as both stores have them. */
async function expectBalanced(sale: TestSale): Promise<void> {
  await eventually('both stores agree', async () => {
    const { body } = must(200, await admin.get('/ledger/check', { saleId: sale.id }));
    const [check] = body.items as unknown as { verdict: string; findings: object[] }[];
    if (check?.verdict !== 'agrees') throw new Error(JSON.stringify(check));
    return true;
  });
  for (const count of await site.counts(sale)) {
    const [available, held, checkout, sold, capacity] = count.split(/[ /]+/).map(Number);
    expect(Number(available) + Number(held) + Number(checkout) + Number(sold)).toBe(capacity);
  }
}

it(
  `${HOLDS} holds are walked through page by page, each that lasts once, while others end, are prolonged and begin`,
  async () => {
    const { sale, ids } = await crowded(0);
    const first = await page({ saleId: sale.id, limit: 1 });
    expect(first.total).toBe(HOLDS);
    const touched = new Set<string>();
    const seen: string[] = [];
    const later = [...ids].reverse();
    let cursor: string | null = '';
    for (let turn = 0; cursor !== null; turn++) {
      const found: HoldPage = await page({ saleId: sale.id, limit: PAGE, ...(cursor && { cursor }) });
      seen.push(...found.items.map(({ id }) => id));
      cursor = found.nextCursor;
      if (turn % 5 > 0) continue;
      // One that was seen and one that was not end; two others last longer; one begins.
      const [shown, unseen] = [found.items[0]?.id ?? '', later[turn * 3] ?? ''];
      const [shownToo, unseenToo] = [found.items[1]?.id ?? '', later[turn * 3 + 1] ?? ''];
      for (const id of [shown, unseen]) must(200, await site.shop().end(id));
      for (const id of [shownToo, unseenToo])
        must(200, await admin.post(`/holds/${id}/extend`, { seconds: 60, reason: 'a test' }));
      for (const id of [shown, unseen, shownToo, unseenToo]) touched.add(id);
      touched.add((await site.held(sale, `new_${turn}`)).body.id);
    }
    const untouched = seen.filter((id) => !touched.has(id));
    expect(new Set(untouched).size).toBe(untouched.length);
    expect(new Set(untouched)).toEqual(new Set(ids.filter((id) => !touched.has(id))));
    // What is prolonged comes again further on, and is never lost.
    for (let turn = 0; later[turn * 3 + 1] && touched.has(later[turn * 3 + 1] ?? ''); turn += 5)
      expect(seen).toContain(later[turn * 3 + 1]);
    await expectBalanced(sale);
  },
  TEST_MS_MAX,
);

it(
  'holds are given back in bulk by two operators at once, while others reserve, pay, leave and run out',
  async () => {
    const { sale, ids } = await crowded(OF_BOTS);
    const [, bots = ''] = sale.skus;
    const shop = site.shop();
    const ask = async (body: object): Promise<string> => {
      const answer = must(202, await admin.post('/holds/release', { ...body, dryRun: false, reason: 'bots' }));
      const { run } = answer.body as unknown as { run: { id: string; matching: number } };
      expect(run.matching).toBe(OF_BOTS);
      return run.id;
    };
    // Neither begins before both have counted what fits.
    const begins = jest.spyOn(site.app.get(BulkRun), 'runOnce').mockResolvedValue(0);
    const runs = await Promise.all([ask({ skuId: bots }), ask({ saleId: sale.id, skuId: bots })]);
    begins.mockRestore();
    // What is held in the same millisecond as it is asked for is meant, too.
    await site.clock.advance(1);
    const own = ids.slice(0, OF_BOTS).reverse();
    const refused: string[] = [];
    const outcomes = { paying: 0, left: 0, made: 0 };
    for (let i = 0; i < 40; i++) {
      const [pays = '', leaves = ''] = own.slice(i * 2);
      const made = site.held({ ...sale, skus: [bots] }, `late_${i}`);
      const [paid, left] = await Promise.all([shop.checkout(pays), shop.end(leaves), made]);
      outcomes.made += 1;
      if (paid.status === 200) outcomes.paying += 1;
      else refused.push(paid.body.code);
      if (left.status === 200) outcomes.left += 1;
    }
    const done = await Promise.all(
      runs.map((id) =>
        eventually(
          `${id} has ended`,
          async () => {
            const run = must(200, await admin.get(`/bulk-runs/${id}`)).body as unknown as BulkRunView;
            return run.status === 'done' ? run : undefined;
          },
          TEST_MS_MAX / 2,
        ),
      ),
    );
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['reservation-not-held'] : []));
    const kinds = await site.app.get(Postgres).query<{ actor: string; holds: number }>(
      `SELECT split_part(coalesce(t.actor, 'nobody'), ':', 1) AS actor, count(*)::int AS holds FROM transitions t
       WHERE t.reservation_id = ANY($1) AND t.kind = 'released' GROUP BY 1`,
      [ids.slice(0, OF_BOTS)],
    );
    const released = Object.fromEntries(kinds.map(({ actor, holds }) => [actor, holds]));
    // Each of the old holds has one end, or is being paid for; the runs say how many were theirs.
    expect((released['admin'] ?? 0) + (released['service'] ?? 0) + outcomes.paying).toBe(OF_BOTS);
    expect(done.map(({ failed }) => failed)).toEqual([0, 0]);
    expect(done.reduce((sum, { changed }) => sum + changed, 0)).toBeGreaterThanOrEqual(released['admin'] ?? 0);
    const counts = await site.counts(sale);
    expect(counts[1]).toBe(`${OF_BOTS + 500 - 40 - outcomes.paying} 40 ${outcomes.paying} 0 / ${OF_BOTS + 500}`);
    await expectBalanced(sale);
    await site.clock.advance(601_000);
    await site.untilCounts(
      sale,
      `${HOLDS + 1_000} 0 0 0 / ${HOLDS + 1_000}`,
      counts[1]?.replace(/^(\d+) 40/, (_all, n) => `${Number(n) + 40} 0`) ?? '',
    );
    await expectBalanced(sale);
  },
  TEST_MS_MAX,
);
