import { Cluster } from '../e2e/cluster.js';
import { eventually } from '../e2e/eventually.js';
import { itOnDevices } from '../e2e/full-disks.js';
import type { Answer, Wire } from '../e2e/http-client.js';
import { auditBooks } from '../e2e/ledger-audit.js';
import { readBooks } from '../e2e/ledger-snapshot.js';
import { PATIENT_SALE, Storm } from '../e2e/storm.js';
import { must, type SaleSpec, type TestSale } from '../e2e/test-sale.js';

// Row P8 of the fault table in RELIABILITY.md: a disk that is full where the tables are, and one where the log is.
let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ apis: 0, workers: 0, alls: 1 });
}, 300_000);
afterEach(() => {
  // A full disk is no reason to end.
  expect(cluster.apps.map(({ ended }) => ended)).toEqual([false]);
});
afterAll(() => cluster.stop());

/**
 * Has the disk of the tables be full while there is a row in `full`. There is no way to fill a disk for them alone; this is
 * what Postgres says when one has to grow and cannot.
 */
async function makeDisk(): Promise<void> {
  await cluster.within(async ({ postgres }) => {
    await postgres.query(`CREATE SCHEMA disk; CREATE TABLE disk.full (is_full boolean);
      CREATE FUNCTION disk.write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM disk.full) THEN RETURN NULL; END IF;
        RAISE 'could not extend file "base/16384/24576": No space left on device' USING ERRCODE = 'disk_full';
      END $$`);
    const { rows } = await postgres.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    // One at a time: the locks of all of them together might meet those of a worker.
    for (const { name } of rows)
      await postgres.query(`CREATE TRIGGER disk BEFORE INSERT OR UPDATE ON ${name} EXECUTE FUNCTION disk.write()`);
  });
}

const run = (statement: string): Promise<unknown> => cluster.within(({ postgres }) => postgres.query(statement));

const sell = (spec: SaleSpec): Promise<TestSale> =>
  eventually('a sale is open', () => cluster.operator.sell({ ...PATIENT_SALE, ...spec }));

const ask = (sale: TestSale, customerId: string, wait?: number): Promise<Answer> => {
  const lines = [{ skuId: sale.skus[0] ?? '', quantity: 1 }];
  return cluster.shop.reserve(sale.id, { customerId, lines }, { key: customerId, ...(wait && { wait }) });
};

/** What is asked again and again until there is room for it. */
const done = (what: string, call: () => Promise<Answer>): Promise<Wire> =>
  eventually(what, async () => {
    const { status, body } = await call();
    return (status === 200 || status === 201) && body;
  });

const held = (sale: TestSale, customerId: string): Promise<Wire> =>
  done(`${customerId} holds`, () => ask(sale, customerId, 20));

/** It is asked who answers, twice a second, and requests that wait for room are tried ten times as often. */
const untilReadinessSays = (degraded: string[]): Promise<unknown> =>
  eventually(`/health/ready says ${degraded.join() || 'nothing'}`, async () => {
    const { status, body } = await cluster.client.send(cluster.apps[0]?.url ?? '', {
      method: 'GET',
      path: '/health/ready',
    });
    expect({ status, body }).toMatchObject({ status: 200, body: { degraded } });
    return true;
  });

async function expectOutages(...calls: (() => Promise<Answer>)[]): Promise<void> {
  for (const call of calls)
    expect(await call()).toMatchObject({
      status: 503,
      body: { code: 'store-unavailable' },
      headers: { 'retry-after': '1' },
    });
}

it('where no table can grow nothing is acknowledged that is not written, and a repeat is when there is room', async () => {
  const { shop, operator } = cluster;
  await makeDisk();
  const sale = await sell({ skus: [10] });
  const [ann, bob, cid] = [await held(sale, 'ann'), await held(sale, 'bob'), await held(sale, 'cid')];
  const [dan, eve] = [await held(sale, 'dan'), await held(sale, 'eve')];
  for (const { id } of [bob, eve]) must(200, await shop.checkout(id));
  const order = must(201, await shop.confirm(cid.id, 'pay_cid')).body;
  await run('INSERT INTO disk.full VALUES (true)');

  await expectOutages(
    () => shop.confirm(bob.id, 'pay_bob'),
    () => shop.extend(ann.id),
    () => shop.checkout(ann.id),
    () => shop.end(dan.id),
  );
  await expectOutages(
    () => shop.end(eve.id),
    () => shop.cancel(order.id, true),
    () => operator.tell(sale.id, 'pause'),
  );
  for (const answer of await Promise.all([ask(sale, 'fay'), ask(sale, 'gus', 1)]))
    expect(answer.status === 503 || answer.body.status === 'queued').toBe(true);
  await untilReadinessSays(['postgres']);
  expect(must(200, await shop.order(order.id)).body).toEqual(order);
  must(200, await shop.read(ann.id));

  await run('DELETE FROM disk.full');
  const repeats = [
    done('ann pins', () => shop.checkout(ann.id)),
    done('bob pays', () => shop.confirm(bob.id, 'pay_bob')),
    done('the order is cancelled', () => shop.cancel(order.id, true)),
    done('dan gives back', () => shop.end(dan.id)),
    done('eve gives back', () => shop.end(eve.id)),
  ];
  await Promise.all([...repeats, held(sale, 'fay'), held(sale, 'gus')]);
  await cluster.untilCounts(sale, '6 2 1 1 / 10');
  const { findings } = await cluster.within(async (stores) => auditBooks(await readBooks(stores, sale)));
  expect(findings).toEqual([]);
  await untilReadinessSays([]);
}, 300_000);

itOnDevices(
  'where the log cannot go on Postgres ends itself, and what was acknowledged before, meanwhile and after is whole',
  async () => {
    const { postgres, shop } = cluster;
    const sale = await sell({});
    const ann = await held(sale, 'ann');
    const storm = new Storm(cluster, sale, { carts: 0, seed: 15 });
    const stories = await storm.throughout(async (progress) => {
      await progress.more(30);
      await postgres.fillDisk();
      await eventually('the outage is known', async () => {
        return (
          (await cluster.client.send(cluster.apps[0]?.url ?? '', { method: 'GET', path: '/health/ready' })).status ===
          503
        );
      });
      await expectOutages(
        () => shop.extend(ann.id),
        () => shop.checkout(ann.id),
        () => shop.end(ann.id),
      );
      expect(must(200, await shop.read(ann.id)).body).toEqual({ ...ann, stale: true });
      // Started again it can but fail again: whoever looks after it makes room first.
      await postgres.kill();
      await postgres.makeRoom();
      await postgres.restart();
      await cluster.untilReady();
      await progress.more(30);
    });
    expect(await done('ann’s hold is read', () => shop.read(ann.id))).toEqual(ann);
    await done('ann gives back', () => shop.end(ann.id));
    expect(await storm.verdict(stories)).toEqual([]);
  },
  300_000,
);
