import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EventStreams } from '../../src/platform/event-streams.js';
import { eventually } from '../e2e/eventually.js';
import { EventReader } from '../e2e/event-reader.js';
import { Site } from '../e2e/site.js';
import { STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

const STREAMS = 2_000;
/** Connections that are being opened at a time: the listening socket's own queue is no part of this test. */
const AT_ONCE = 100;
/** Server and reader are both in this process; a stream of the server alone costs about 20 KB. */
const BYTES_A_STREAM_MAX = 150_000;

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
  sale = await site.sale({ skus: [50] });
});
afterAll(() => site.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  const { heapUsed: heap, external } = process.memoryUsage();
  return heap + external;
}

/** A process that is busy with thousands of connections may answer 503: as a storefront does, it is asked again with the same key. */
function held(customerId: string, quantity: number): Promise<string> {
  const body = { customerId, lines: [{ skuId: sale.skus[0] ?? '', quantity }] };
  return eventually(`${customerId} has a hold`, async () => {
    const answer = await site.shop().reserve(sale.id, body, { wait: 10, key: customerId });
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`answered ${answer.status}`);
    return answer.body.id;
  });
}

async function follow(path: string, streams: number): Promise<EventReader[]> {
  const readers: EventReader[] = [];
  while (readers.length < streams) {
    const some = Array.from({ length: AT_ONCE }, () =>
      EventReader.open(site.url, path, { authorization: `Bearer ${STOREFRONT_KEY}` }),
    );
    readers.push(...(await Promise.all(some)));
  }
  return readers;
}

async function leave(readers: readonly EventReader[]): Promise<void> {
  for (const reader of readers) reader.close();
  const streams = site.app.get(EventStreams);
  await eventually('every stream is given up', () => Promise.resolve(streams.open === 0));
}

it(`${STREAMS} streams of one process are all told what changes, cost little, and leave nothing behind`, async () => {
  const ofSale = `/v1/sales/${sale.id}/events`;
  const id = await held('ann', 1);
  const ofReservation = `/v1/reservations/${id}/events`;
  await leave([...(await follow(ofSale, AT_ONCE)), ...(await follow(ofReservation, AT_ONCE))]);
  const before = heapUsed();
  const [crowd, buyers] = [await follow(ofSale, STREAMS / 2), await follow(ofReservation, STREAMS / 2)];
  for (const reader of crowd) await reader.nextOf('availability');
  for (const reader of buyers) await reader.nextOf('held');
  expect((heapUsed() - before) / STREAMS).toBeLessThan(BYTES_A_STREAM_MAX);
  await held('bob', 6);
  for (const reader of crowd) expect((await reader.nextOf('availability')).data).toMatchObject({ skus: [{ held: 7 }] });
  await eventually('it is given back', async () => must(200, await site.shop().end(id)));
  for (const reader of buyers) expect((await reader.nextOf('released')).id).toBe('3');
  for (const reader of buyers) expect((await reader.nextOf('end')).data).toEqual({ reason: 'final' });
  await leave([...crowd.splice(0), ...buyers.splice(0)]);
  expect(heapUsed() - before).toBeLessThan((STREAMS * BYTES_A_STREAM_MAX) / 4);
}, 300_000);
