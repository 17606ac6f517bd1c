import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Api, createApi } from '../../web/client/api-client.js';
import { followReservation } from '../../web/client/follow-reservation.js';
import { followSale, type Availability, type Sale } from '../../web/client/follow-sale.js';
import { ProblemError } from '../../web/client/problem-error.js';
import { newIdempotencyKey, reserve, type Reservation } from '../../web/client/reserve.js';
import { ServerClock } from '../../web/client/server-clock.js';
import { Site } from '../e2e/site.js';
import { buyerToken } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { Way } from '../e2e/way.js';

/** What came, in order, to be waited for. */
class Told<T> {
  readonly all: T[] = [];
  private wake = (): void => undefined;

  readonly take = (one: T): void => {
    this.all.push(one);
    this.wake();
  };

  async until(holds: (one: T) => boolean): Promise<T> {
    for (;;) {
      const found = this.all.find(holds);
      if (found !== undefined) return found;
      await new Promise<void>((done) => (this.wake = done));
    }
  }
}

let site: Site;
let way: Way;
let baseUrl: string;
let sale: TestSale;
let api: Api;
let token: string;
const headers = (): Record<string, string> => ({ Authorization: `Bearer ${token}` });
beforeAll(async () => {
  site = await Site.all();
  way = new Way(() => site.url);
  baseUrl = await way.open();
  sale = await site.sale({ skus: [5, 1], unitsPerCustomerMax: 3 });
});
beforeEach(async () => {
  token = await buyerToken(`c_${newIdempotencyKey()}`);
  api = createApi({ baseUrl, headers });
  way.passed.length = 0;
});
afterAll(async () => {
  way.close();
  await site.close();
});

const wish = (quantity: number, sku = 0) => ({
  ...{ saleId: sale.id, idempotencyKey: newIdempotencyKey() },
  lines: [{ skuId: sale.skus[sku] ?? '', quantity }],
});

async function problemOf(asked: Promise<unknown>): Promise<ProblemError> {
  const problem: unknown = await asked.then(() => null).catch((error: unknown) => error);
  if (problem instanceof ProblemError) return problem;
  throw new Error('no problem was thrown', { cause: problem });
}

const release = (id: string) => api.DELETE('/v1/reservations/{id}', { params: { path: { id } } });

describe('the client of the web', () => {
  it('reserves with a 202, and follows the reservation over a cut connection to its end', async () => {
    const queued = await reserve(api, wish(2));
    const states = new Told<Reservation>();
    const connection = new Told<string>();
    followReservation({ baseUrl, headers, id: queued.id, onReservation: states.take, onState: connection.take });
    const held = await states.until(({ status }) => status === 'held');
    expect(held.lines[0]?.units).toHaveLength(2);
    way.cutStreams();
    await connection.until((state) => state === 'lost');
    await release(queued.id);
    await states.until(({ status }) => status === 'released');
    await connection.until((state) => state === 'over');
    const streams = way.passed.filter(({ line }) => line.endsWith('/events'));
    expect(streams.map(({ lastEventId }) => lastEventId)).toEqual([undefined, String(held.version)]);
    const versions = states.all.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('repeats a request whose answer was lost with the same key, and meets the same reservation', async () => {
    way.refuseNext = 2;
    const tries = new Told<ProblemError>();
    const reservation = await reserve(api, { ...wish(1), onTry: tries.take });
    expect(tries.all.map(({ code }) => code)).toEqual(['store-unavailable', 'store-unavailable']);
    expect(new Set(way.passed.map(({ key }) => key)).size).toBe(1);
    const { items } = must(200, await site.shop().list(sale.id, `?customerId=${reservation.customerId}`)).body;
    expect(items.map(({ id }) => id)).toEqual([reservation.id]);
    await release(reservation.id);
  });

  it('gives up on a service that does not answer, and says so', async () => {
    way.refuseNext = 100;
    const problem = await problemOf(reserve(api, { ...wish(1), patienceMs: 0 }));
    way.refuseNext = 0;
    expect([problem.code, problem.isPassing]).toEqual(['store-unavailable', true]);
    const nobody = createApi({ baseUrl: 'http://127.0.0.1:9', headers });
    expect(await problemOf(reserve(nobody, { ...wish(1), patienceMs: 0 }))).toMatchObject({
      code: 'unreachable',
      status: 0,
    });
  });

  it('makes errors of refusals, with the members of their codes', async () => {
    const missing = await problemOf(reserve(api, { ...wish(1), saleId: 'sale_0000000000' }));
    expect([missing.code, missing.status, missing.isPassing]).toEqual(['sale-not-found', 404, false]);
    const first = await reserve(api, wish(3));
    const states = new Told<Reservation>();
    const second = await reserve(api, wish(1));
    followReservation({ baseUrl, headers, id: second.id, onReservation: states.take });
    const { problem } = await states.until(({ status }) => status === 'rejected');
    const refusal = ProblemError.from(problem?.status ?? 0, { ...problem });
    expect(refusal.as('customer-limit-reached')).toMatchObject({ limit: 3, held: 3, reservationIds: [first.id] });
    expect(refusal.as('sold-out')).toBeNull();
    const faulty = await problemOf(reserve(api, wish(0)));
    expect(faulty.faults).toEqual([{ pointer: '/lines/0/quantity', detail: expect.stringMatching(/^must be/) }]);
    await release(first.id);
  });

  it('follows a sale: what can be had, that it pauses, and goes on; and learns the time', async () => {
    const counts = new Told<Availability>();
    const statuses = new Told<Sale>();
    const clock = new ServerClock(() => 5_000);
    const onAvailability = counts.take;
    const stop = followSale({ baseUrl, saleId: sale.id, clock, onSale: statuses.take, onAvailability });
    const { asOf } = await counts.until(() => true);
    expect(clock.until(asOf)).toBeLessThanOrEqual(0);
    expect(clock.until(new Date(Date.parse(asOf) + 60_000).toISOString())).toBeGreaterThan(0);
    await site.operator().command(sale.id, 'pause');
    await statuses.until(({ status }) => status === 'paused');
    way.cutStreams();
    await site.operator().command(sale.id, 'resume');
    await statuses.until(({ status }) => status === 'open');
    await site.held(sale, 'c_other', 1);
    await counts.until(({ skus }) => skus[0]?.held === 1);
    stop();
  });
});

describe('its package', () => {
  it('can be packed, installed, and does what its README says', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
    // Compiled anew, as in a clone that never packed it; this repository's .npmrc has scripts off.
    rmSync('web/client/dist', { recursive: true, force: true });
    const packing = ['pack', resolve('web/client'), '--ignore-scripts=false', '--pack-destination', scratch];
    await run('npm', [...packing, '--offline'], {});
    const home = join(scratch, 'node_modules', '@holdfast', 'client');
    mkdirSync(home, { recursive: true });
    await run('tar', ['-xzf', join(scratch, 'holdfast-client-0.1.0.tgz'), '-C', home, '--strip-components=1'], {});
    symlinkSync(resolve('node_modules/openapi-fetch'), join(scratch, 'node_modules', 'openapi-fetch'));
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync('web/client/README.md', 'utf8')) ?? [];
    writeFileSync(join(scratch, 'example.mjs'), example);
    const env = { HOLDFAST_URL: site.url, BUYER_TOKEN: token };
    const printed = await run(process.execPath, [join(scratch, 'example.mjs')], env);
    expect(printed).toMatch(/held \d+,\d+ \d{4}-\d\d-\d\dT[\d:.]+Z\s+given back\s*$/);
  }, 300_000);
});

async function run(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${printed}`);
  return printed;
}
