import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HoldChanges } from '../../src/admin/stats-events.dto.js';
import { encodeEvent, END_GRACE_MS, type EventStream } from '../../src/platform/event-stream.js';
import { EventStreams } from '../../src/platform/event-streams.js';
import { Postgres } from '../../src/platform/postgres.js';
import { eventually } from '../e2e/eventually.js';
import { EventReader, type ReadEvent } from '../e2e/event-reader.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

/** Far more than the kernel takes in at both ends of a connection: a stream that is never ended gets here. */
const WRITTEN_BYTES_MAX = 128 * 1024 * 1024;

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
});
beforeEach(async () => {
  sale = await site.sale({ skus: [20] });
});
afterAll(() => site.close());

describe('a reader that stops reading', () => {
  /** The timers that would cut it off: the test says when they are due. */
  const graces: (() => void)[] = [];
  beforeEach(() => {
    const real = setTimeout;
    const held = (callback: () => void, ms?: number): NodeJS.Timeout => {
      if (ms !== END_GRACE_MS) return real(callback, ms);
      graces.push(callback);
      return real(() => undefined, 0);
    };
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(held);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    graces.length = 0;
  });

  /** A connection whose stream of the sale has begun and is read no further, and the server's side of it. */
  async function openAndStop(): Promise<{ socket: Socket; stream: EventStream }> {
    const answers = jest.spyOn(site.app.get(EventStreams), 'answer');
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
    socket.write(`GET /v1/sales/${sale.id}/events HTTP/1.1\r\nHost: shop\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    return { socket, stream: answers.mock.results[0]?.value as EventStream };
  }

  /** Tells more and more until the server gives the reader up; returns what was the most that it kept for it. */
  async function fill(stream: EventStream): Promise<number> {
    const text = encodeEvent({ event: 'sale', data: 'x'.repeat(64 * 1024) });
    let most = 0;
    for (let written = 0; stream.isOpen() && written < WRITTEN_BYTES_MAX; written += text.length) {
      stream.write(text);
      most = Math.max(most, stream.body.readableLength);
      // Whatever can be sent is sent before more is written.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stream.isOpen()).toBe(false);
    return most;
  }

  it('is dropped, kept little for, and told why once it reads again; others are told as ever', async () => {
    const other = await EventReader.open(site.url, `/v1/sales/${sale.id}/events`);
    const { socket, stream } = await openAndStop();
    expect(await fill(stream)).toBeLessThan(400 * 1024);
    await site.held(sale, 'ann');
    const counts = async (): Promise<boolean> => {
      const { data } = await other.nextOf('availability');
      return (data['skus'] as { held: number }[])[0]?.held === 1;
    };
    await eventually('the other one hears of the hold', counts);
    let last = '';
    socket.on('data', (chunk: Buffer) => (last = (last + chunk.toString()).slice(-1_000)));
    socket.resume();
    await eventually('the stream has an end', () => Promise.resolve(last.endsWith('\r\n0\r\n\r\n')));
    expect(last).toContain('event: end\ndata: {"reason":"slow-reader"}\n\n');
    socket.destroy();
    other.close();
  });

  it('is cut off where it does not even read the end', async () => {
    const streams = site.app.get(EventStreams);
    await eventually('no other stream is open', () => Promise.resolve(streams.open === 0));
    const { socket, stream } = await openAndStop();
    await fill(stream);
    expect(streams.open).toBe(1);
    for (const over of graces) over();
    await eventually('it is given up', () => Promise.resolve(streams.open === 0));
    socket.destroy();
  });
});

describe('a stream that is resumed when its process has been started anew', () => {
  const follow = (url: string, path: string, key: string, lastEventId?: string): Promise<EventReader> => {
    const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return EventReader.open(url, path, { authorization: `Bearer ${key}`, ...resume });
  };
  const lastIdOf = (events: readonly ReadEvent[]): string => events.findLast(({ id }) => id !== null)?.id ?? '';
  const changesOf = (events: readonly ReadEvent[]): string[] =>
    events.flatMap(({ event, data }) =>
      event === 'changes'
        ? (data as unknown as HoldChanges).items.map((item) => `${item.reservationId} ${item.sequence}`)
        : [],
    );

  async function history(): Promise<string[]> {
    const rows = await site.app
      .get(Postgres)
      .query<{ name: string }>(
        "SELECT reservation_id || ' ' || sequence AS name FROM transitions WHERE sale_id = $1 ORDER BY tx, id",
        [sale.id],
      );
    return rows.map(({ name }) => name);
  }

  it('tells each change of a sale once, in order, also those that were made around its end and its beginning', async () => {
    const path = `/v1/admin/stats/events?saleId=${sale.id}`;
    const first = await site.start('api');
    const before = await follow(first.url, path, ADMIN_KEY);
    const told = [await before.nextOf('stats')];
    await site.held(sale, 'ann');
    told.push(await before.nextOf('changes'));
    // Whether the old process still tells of this hold or the new one does is nobody's to say.
    await Promise.all([site.stop(first), site.held(sale, 'bob')]);
    told.push(...(await before.all()));
    expect(told.at(-1)).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
    await site.held(sale, 'cyd');
    const second = await site.start('api');
    const after = await follow(second.url, path, ADMIN_KEY, lastIdOf(told));
    await site.held(sale, 'dan');
    while (changesOf(told).length < 4) told.push((await after.next()) ?? never());
    expect(changesOf(told)).toEqual(await history());
    after.close();
    await site.stop(second);
  });

  it('tells a reservation’s state if it is another, and not the one that was told', async () => {
    const [still, moved] = [(await site.held(sale, 'ann')).body.id, (await site.held(sale, 'bob')).body.id];
    const first = await site.start('api');
    const readers = await Promise.all(
      [still, moved].map((id) => follow(first.url, `/v1/reservations/${id}/events`, STOREFRONT_KEY)),
    );
    const seen = await Promise.all(readers.map((reader) => reader.nextOf('held')));
    await site.stop(first);
    must(200, await site.shop().checkout(moved));
    const second = await site.start('api');
    const again = await Promise.all(
      [still, moved].map((id, i) =>
        follow(second.url, `/v1/reservations/${id}/events`, STOREFRONT_KEY, lastIdOf(seen.slice(i, i + 1))),
      ),
    );
    expect(await again[1]?.next()).toMatchObject({ event: 'checkout', id: '3' });
    for (const id of [still, moved]) must(200, await site.shop().end(id));
    expect((await again[0]?.all())?.map(({ event, id }) => [event, id])).toEqual([
      ...[
        ['released', '3'],
        ['end', null],
      ],
    ]);
    expect((await again[1]?.all())?.map(({ event, id }) => [event, id])).toEqual([
      ...[
        ['released', '4'],
        ['end', null],
      ],
    ]);
    await site.stop(second);
  });
});

function never(): never {
  throw new Error('the stream ended');
}
