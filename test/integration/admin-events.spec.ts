import pg from 'pg';
import { eventually } from '../e2e/eventually.js';
import { EventReader, type ReadEvent } from '../e2e/event-reader.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import type { HoldChange, HoldChanges } from '../../src/admin/stats-events.dto.js';
import { ReadStats } from '../../src/admin/read-stats.js';
import { Postgres } from '../../src/platform/postgres.js';

let site: Site;
let sale: TestSale;
const open: EventReader[] = [];
beforeAll(async () => {
  site = await Site.all();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [5_000] });
});
afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});
afterAll(() => site.close());

async function follow(headers: Record<string, string> = {}, url = site.url): Promise<EventReader> {
  const path = `/v1/admin/stats/events?saleId=${sale.id}`;
  const reader = await EventReader.open(url, path, { authorization: `Bearer ${ADMIN_KEY}`, ...headers });
  open.push(reader);
  return reader;
}

/** The next so many changes, and the place of the last. */
async function changes(reader: EventReader, wanted: number): Promise<{ items: HoldChange[]; place: string }> {
  const items: HoldChange[] = [];
  let event: ReadEvent | undefined;
  while (items.length < wanted) {
    event = await reader.nextOf('changes');
    items.push(...(event.data as unknown as HoldChanges).items);
  }
  return { items, place: event?.id ?? '' };
}

describe('GET /v1/admin/stats/events', () => {
  it('tells the stats at once and again, and every change of a hold with the hold as it is', async () => {
    const reader = await follow();
    expect((await reader.nextOf('stats')).data).toMatchObject({ sale: { saleId: sale.id, totals: { held: 0 } } });
    const { id } = (await site.held(sale, 'ann', 2)).body;
    must(200, await site.shop().extend(id));
    must(200, await site.shop().end(id));
    const { items } = await changes(reader, 3);
    expect(items.map(({ kind, sequence, reservationId }) => [kind, sequence, reservationId])).toEqual([
      ...[
        ['held', 2, id],
        ['extended', 3, id],
        ['released', 4, id],
      ],
    ]);
    expect(items.at(-1)?.hold).toBeNull();
    const { body: held } = await site.held(sale, 'bob', 3);
    expect((await changes(reader, 1)).items[0]).toMatchObject({
      ...{ kind: 'held', text: expect.stringMatching(/^Held: 3 × SKU 1/) as string },
      hold: { id: held.id, customerId: 'bob', status: 'held', units: 3, version: 2 },
    });
    await eventually('the stats follow', async () => {
      const { data } = await reader.nextOf('stats');
      expect(data).toMatchObject({ sale: { totals: { held: 3 } } });
      return true;
    });
  });

  it('goes on after Last-Event-ID, in another process too, and tells nothing twice', async () => {
    const reader = await follow();
    await reader.nextOf('stats');
    await site.held(sale, 'ann');
    const { place } = await changes(reader, 1);
    reader.close();
    const missed = [(await site.held(sale, 'bob')).body.id, (await site.held(sale, 'eve')).body.id];
    const other = await site.start('api');
    const { items } = await changes(await follow({ 'last-event-id': place }, other.url), 2);
    expect(items.map(({ reservationId }) => reservationId)).toEqual(missed);
    await site.stop(other);
  });

  it('passes by nothing that a slow transaction wrote before others', async () => {
    // A connection of the test's own: those of the service end a transaction that does nothing for long.
    const psql = new pg.Client({ connectionString: site.databaseUrl });
    await psql.connect();
    const [slow, quick] = [(await site.held(sale, 'ann')).body.id, (await site.held(sale, 'bob')).body.id];
    const reader = await follow();
    await reader.nextOf('stats');
    try {
      await psql.query('BEGIN');
      await psql.query('UPDATE reservations SET version = version + 1 WHERE id = $1', [slow]);
      must(200, await site.shop().end(quick));
      // Two rounds of looks have gone by with the slow transaction under way.
      await reader.nextOf('stats');
      await reader.nextOf('stats');
      await psql.query('COMMIT');
    } finally {
      await psql.end();
    }
    const { items } = await changes(reader, 2);
    expect(items.map(({ reservationId }) => reservationId)).toEqual([slow, quick]);
  });

  it('says that the connection lives, and what changes, while the figures take their time', async () => {
    const reader = await follow();
    await reader.nextOf('stats');
    let goOn = (): void => undefined;
    const slow = new Promise<void>((resolve) => (goOn = resolve));
    const stats = site.app.get(ReadStats);
    const read = stats.read.bind(stats);
    const reading = jest.spyOn(stats, 'read').mockImplementation(async (saleId) => {
      await slow;
      return read(saleId);
    });
    try {
      await eventually('the figures are being read', () => Promise.resolve(reading.mock.calls.length > 0));
      await reader.nextBeat();
      await site.held(sale, 'ann');
      expect((await changes(reader, 1)).items[0]).toMatchObject({ kind: 'held' });
      await reader.nextBeat();
    } finally {
      goOn();
      reading.mockRestore();
    }
    await reader.nextOf('stats');
  });

  it('asks to read anew where more changed than can be told', async () => {
    const reader = await follow();
    const { id: place } = await reader.nextOf('stats');
    reader.close();
    const { id } = (await site.held(sale, 'ann')).body;
    await site.app.get(Postgres).query(
      `INSERT INTO transitions (reservation_id, sequence, sale_id, kind, at)
       SELECT $1, 10 + n, $2, 'extended', now() FROM generate_series(1, 300) AS n`,
      [id, sale.id],
    );
    const resumed = await follow({ 'last-event-id': place ?? '' });
    expect((await resumed.nextOf('reset')).data).toMatchObject({ saleId: sale.id });
    must(200, await site.shop().end(id));
    expect((await changes(resumed, 1)).items.map(({ kind }) => kind)).toEqual(['released']);
  });

  it('is a 404 for a sale that is not there, and a 422 for none', async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const status = async (query: string): Promise<number> =>
      (await site.client.send(site.url, { method: 'GET', path: `/v1/admin/stats/events${query}`, headers })).status;
    expect([await status('?saleId=sale_nothere000'), await status('')]).toEqual([404, 422]);
  });
});
