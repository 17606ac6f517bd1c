import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { SignJWT } from 'jose';
import { RouteTable } from '../../src/platform/route-table.js';
import { ADMIN_KEY, buyerToken, STOREFRONT_KEY } from '../e2e/storefront.js';
import { Site } from '../e2e/site.js';
import { must } from '../e2e/test-sale.js';
import { tableBelow } from '../support/tree.js';
import { TEST_JWT_SECRET } from '../settings.js';

const WRONG = ['a revoked key', 'an expired token', 'a forged token'] as const;
/** Somebody signed in to the dashboard: its own page, and requests that another page makes their browser send. */
const SESSIONS = ['a session', 'a session without its header', 'a session from another origin'] as const;
const CALLERS = ['anonymous', 'buyer', 'another buyer', 'service', 'admin', ...SESSIONS, ...WRONG] as const;
type CallerName = (typeof CALLERS)[number];

/** What a caller met: `in` got past the door, whatever the route then said of an empty request. */
type Met = 'in' | '401' | '403' | '404';

/** Whose column holds for a caller that has none of its own. The cookie alone is nobody; beside a foreign origin it is wrong. */
const COUNTS_AS: Partial<Record<CallerName, keyof Row['cells']>> = {
  'another buyer': 'buyer',
  'a session': 'admin',
  'a session without its header': 'anonymous',
};

/** A row of README's table: what each kind of caller is to meet on these routes. */
interface Row {
  readonly routes: readonly string[];
  readonly cells: Readonly<Record<'anonymous' | 'buyer' | 'service' | 'admin', string>>;
}

const ROWS = tableBelow(readFileSync('README.md', 'utf8'), '### Who may call what').map(
  ([routes = '', anonymous = '', buyer = '', service = '', admin = '']): Row => ({
    routes: Array.from(routes.matchAll(/`([^`]+)`/g), ([, route = '']) => route),
    cells: { anonymous, buyer, service, admin },
  }),
);

const bearing = (credential: string): Record<string, string> => ({ authorization: `Bearer ${credential}` });

function rowOf(route: string): Row | undefined {
  const [, path = ''] = route.split(' ');
  const below = (entry: string): boolean => entry.endsWith('*') && path.startsWith(entry.slice(0, -1));
  return ROWS.find(({ routes }) => routes.includes(route)) ?? ROWS.find(({ routes }) => routes.some(below));
}

function expected({ cells }: Row, caller: CallerName): Met {
  const column = COUNTS_AS[caller] ?? caller;
  const cell = column in cells ? cells[column as keyof Row['cells']] : '';
  if (cells.anonymous === 'open') return 'in';
  if (cell === '') return '401';
  if (cell === 'own') return caller === 'buyer' ? 'in' : '404';
  return cell === 'yes' ? 'in' : (cell as Met);
}

describe('who may call what', () => {
  let site: Site;
  let url: string;
  let routes: string[];
  let credentials: Record<Exclude<CallerName, (typeof SESSIONS)[number]>, string | null>;
  let cookie: string;
  let ids: Record<string, string>;

  beforeAll(async () => {
    site = await Site.open({ env: { DEMO_SHOP: 'true' } });
    const running = await site.start();
    ({ url } = running);
    const table = running.app.get(RouteTable).all();
    routes = [...new Set(table.map((route) => `${route.method} ${route.url}`))].filter((name) => !/^HEAD /.test(name));
    const sale = await site.sale({ skus: [20], extensionsMax: 10 });
    const sold = await site.held(sale, 'c_owner');
    const { body: order } = must(201, await site.shop().confirm(sold.body.id, 'pay_1'));
    const held = await site.held(sale, 'c_owner');
    const revoked = await madeAndRevoked();
    ids = {
      ...{ saleId: sale.id, skuId: sale.skus[0] ?? '', keyId: revoked.id, runId: await bulkRun() },
      ...{ '/v1/reservations': held.body.id, '/v1/orders': order.id, '/v1/admin/holds': held.body.id },
      ...{ '/v1/admin/reservations': held.body.id, '/demo/reservations': held.body.id },
    };
    credentials = {
      ...{ anonymous: null, buyer: await buyerToken('c_owner'), 'another buyer': await buyerToken('c_other') },
      ...{ service: STOREFRONT_KEY, admin: ADMIN_KEY, 'a revoked key': revoked.key },
      'an expired token': await token(TEST_JWT_SECRET, '-1m'),
      'a forged token': await token('a secret that somebody else made up', '5m'),
    };
    cookie = await signIn();
  });
  afterAll(() => site.close());

  async function madeAndRevoked(): Promise<{ id: string; key: string }> {
    const path = `${url}/v1/admin/api-keys`;
    const headers = { ...bearing(ADMIN_KEY), 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'revoked', scope: 'admin' });
    const made = (await (await fetch(path, { method: 'POST', headers, body })).json()) as { id: string; key: string };
    const gone = await fetch(`${path}/${made.id}?reason=test`, { method: 'DELETE', headers });
    expect(gone.status).toBe(200);
    return made;
  }

  async function signIn(): Promise<string> {
    const answer = await fetch(`${url}/v1/admin/session`, { method: 'POST', headers: bearing(ADMIN_KEY) });
    return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  }

  function headersOf(caller: CallerName): Record<string, string> {
    const header = { 'x-holdfast-session': '1' };
    if (caller === 'a session') return { cookie, ...header, origin: url };
    if (caller === 'a session without its header') return { cookie };
    if (caller === 'a session from another origin') return { cookie, ...header, origin: 'https://elsewhere.example' };
    const credential = credentials[caller];
    return credential === null ? {} : bearing(credential);
  }

  async function bulkRun(): Promise<string> {
    const headers = { ...bearing(ADMIN_KEY), 'content-type': 'application/json' };
    const body = JSON.stringify({ reservationIds: ['none'], dryRun: false, reason: 'test' });
    const answer = await fetch(`${url}/v1/admin/holds/release`, { method: 'POST', headers, body });
    return ((await answer.json()) as { run: { id: string } }).run.id;
  }

  function token(secret: string, expires: string): Promise<string> {
    const jwt = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setIssuer('holdfast').setAudience('holdfast');
    return jwt.setSubject('c_owner').setExpirationTime(expires).sign(new TextEncoder().encode(secret));
  }

  /** A path with the ids of things that there are; `:id` is of whatever the path is about. */
  function pathOf(route: string): string {
    const path = route.slice(route.indexOf(' ') + 1);
    const about = Object.keys(ids).find((prefix) => path.startsWith(prefix)) ?? '';
    return path
      .replace(/:(\w+)/g, (_all, name: string) => ids[name === 'id' ? about : name] ?? 'nothing')
      .replace(/\*$/, 'swagger-ui.css')
      .replace(/LICENSE$/, 'swagger-ui.css');
  }

  async function meet(route: string, caller: CallerName): Promise<string> {
    const [method = ''] = route.split(' ');
    const status = await statusOf(method, pathOf(route), headersOf(caller));
    if (route === 'DELETE /v1/admin/session' && caller === 'a session') cookie = await signIn();
    if ([401, 403, 404].includes(status)) return String(status);
    return status < 500 && status !== 405 ? 'in' : `in, and met a ${status}`;
  }

  /** The status alone, of an empty request: a stream has no end, and what else stands in a body is told by other tests. */
  function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
    const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request(`${url}${path}`, { method, agent: false, headers: { ...type, ...headers } });
      asked.on('error', reject).on('response', (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      });
      asked.end(body);
    });
  }

  it('is written down for every route, and for none that is gone', () => {
    expect(routes.filter((route) => !rowOf(route))).toEqual([]);
    const patterns = ROWS.flatMap((row) => row.routes);
    const used = (pattern: string): boolean =>
      routes.some((route) => rowOf(route)?.routes.includes(pattern) && (pattern === route || pattern.endsWith('*')));
    expect(patterns.filter((pattern) => !used(pattern))).toEqual([]);
  });

  it.each(CALLERS)('is what %s meets', async (caller) => {
    const met: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const route of routes) {
      const row = rowOf(route);
      if (!row) continue; // told by the test above
      wanted[route] = expected(row, caller);
      met[route] = await meet(route, caller);
    }
    expect(met).toEqual(wanted);
  });

  it('does not show a buyer what is another’s, in lists either', async () => {
    const other = await site.buyer('c_other');
    const { saleId = '' } = ids;
    expect(must(200, await other.orders('')).body.items).toEqual([]);
    expect(must(200, await other.orders('?customerId=c_owner')).body.items).toEqual([]);
    expect(must(200, await other.list(saleId, '')).body.items).toEqual([]);
    must(422, await other.list(saleId, '?customerId=c_owner'));
    const skuId = ids['skuId'] ?? '';
    must(422, await other.reserve(saleId, { customerId: 'c_owner', lines: [{ skuId, quantity: 1 }] }));
  });
});
