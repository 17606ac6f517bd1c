import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/platform/bootstrap.js';
import type { Config } from '../../src/platform/config.js';
import { HoldfastModule } from '../../src/holdfast.module.js';
import { Postgres } from '../../src/platform/postgres.js';
import { conforming } from '../conformance/inject.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

const ADMIN_KEY = 'hf_sk_the_admin_key_of_the_session_tests';
const SHOP_KEY = 'hf_sk_the_shop_key_of_the_session_tests';
const PATH = '/v1/admin/session';
const HOST = 'tickets.example.com';
const FROM_OUR_PAGE = { 'x-holdfast-session': '1', host: HOST };

let database: FreshDatabase;
let config: Config;
let app: NestFastifyApplication;
let neighbour: NestFastifyApplication;
beforeAll(async () => {
  database = await freshDatabase();
  config = testConfig(database.url, { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: SHOP_KEY, ROLE: 'api' });
  app = await start();
  neighbour = await start();
});
afterAll(async () => {
  await app.close();
  await neighbour.close();
  await database.drop();
});
afterEach(() => jest.restoreAllMocks());

const start = async (): Promise<NestFastifyApplication> =>
  conforming(await createApp(config, HoldfastModule.with(config)));

type Headers = Record<string, string>;

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, headers: Headers, on = app) {
  const answer = await on.inject({ method, url, headers });
  const body = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
  return { status: answer.statusCode, cookie: String(answer.headers['set-cookie'] ?? ''), body };
}

/** Signs in as a page does, and returns the headers that its requests have from then on. */
async function signIn(key = ADMIN_KEY): Promise<Headers> {
  const { status, cookie } = await call('POST', PATH, { authorization: `Bearer ${key}`, host: HOST });
  expect(status).toBe(201);
  return { ...FROM_OUR_PAGE, cookie: cookie.split(';', 1)[0] ?? '' };
}

async function issue(): Promise<{ id: string; key: string }> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await app.inject({
    ...{ method: 'POST', url: '/v1/admin/api-keys', headers, payload: { name: 'night shift', scope: 'admin' } },
  });
  return answer.json();
}

describe('signing in', () => {
  it('gives the browser a cookie that no script reads and no other site sends', async () => {
    const { status, cookie, body } = await call('POST', PATH, { authorization: `Bearer ${ADMIN_KEY}`, host: HOST });
    expect(status).toBe(201);
    expect(body).toEqual({
      keyId: expect.stringMatching(/^key_/),
      name: 'ADMIN_API_KEY',
      expiresAt: expect.any(String),
    });
    expect(cookie).toMatch(
      /^holdfast_session=[a-z0-9]{32}\.[\w-]{43}; Path=\/v1; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    const rows = await app.get(Postgres).query('SELECT * FROM admin_sessions');
    expect(JSON.stringify(rows)).not.toContain(/=([a-z0-9]{32})/.exec(cookie)?.[1]);
  });

  it.each([
    ['an unknown key', 'hf_sk_nobody_knows_this_one', 401],
    ["a storefront's key", SHOP_KEY, 403],
  ])('is not for %s', async (_whose, key, status) => {
    expect(await call('POST', PATH, { authorization: `Bearer ${key}` })).toMatchObject({ status, cookie: '' });
  });

  it('lands in the audit log, as signing out does', async () => {
    const page = await signIn();
    await call('DELETE', PATH, page);
    const lines = await app
      .get(Postgres)
      .query("SELECT actor, action FROM audit WHERE action LIKE 'session.%' ORDER BY id DESC LIMIT 2");
    const actor = expect.stringMatching(/^admin:key_/);
    expect(lines).toEqual([
      { actor, action: 'session.end' },
      { actor, action: 'session.open' },
    ]);
  });

  it('is possible so many times a minute from one address', async () => {
    const statuses: number[] = [];
    for (let times = 0; times < 31; times++) {
      const answer = await neighbour.inject({
        ...{
          method: 'POST',
          url: PATH,
          headers: { authorization: `Bearer ${ADMIN_KEY}` },
          remoteAddress: '198.51.100.7',
        },
      });
      statuses.push(answer.statusCode);
    }
    expect(statuses).toEqual([...Array<number>(30).fill(201), 429]);
  });
});

describe('a session', () => {
  it('counts instead of the key, in every process', async () => {
    const page = await signIn();
    for (const on of [app, neighbour]) {
      expect(await call('GET', PATH, page, on)).toMatchObject({ status: 200, body: { name: 'ADMIN_API_KEY' } });
      expect(await call('GET', '/v1/admin/sales', page, on)).toMatchObject({ status: 200 });
    }
  });

  it('is nobody without the header that only our page can send', async () => {
    const { cookie = '' } = await signIn();
    expect(await call('GET', '/v1/admin/sales', { cookie, host: HOST })).toMatchObject({ status: 401 });
    expect(await call('GET', '/v1/sales', { cookie, host: HOST })).toMatchObject({ status: 200 });
  });

  it.each([
    ['from a page of another origin', { origin: 'https://evil.example' }, 401],
    ['from a page whose origin is hidden', { origin: 'null' }, 401],
    ['that the browser says comes from another site', { 'sec-fetch-site': 'same-site' }, 401],
    ['from a page of ours', { origin: `https://${HOST}`, 'sec-fetch-site': 'same-origin' }, 200],
  ])('meets a request %s: %j', async (_which, more, status) => {
    const page = await signIn();
    expect(await call('GET', '/v1/admin/sales', { ...page, ...more })).toMatchObject({ status });
  });

  it.each([
    ['is made up', 'holdfast_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['has no signature', 'holdfast_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['is missing', 'other=1'],
  ])('whose cookie %s is refused without a look into the store', async (_what, cookie) => {
    const asked = jest.spyOn(app.get(Postgres), 'query');
    expect(await call('GET', '/v1/admin/sales', { ...FROM_OUR_PAGE, cookie })).toMatchObject({ status: 401 });
    // Loops of the process ask for other things meanwhile.
    expect(asked.mock.calls.filter(([text]) => text.includes('admin_sessions'))).toEqual([]);
  });

  it('is over at once where somebody signed out, and elsewhere within 5 s', async () => {
    const page = await signIn();
    expect(await call('GET', PATH, page, neighbour)).toMatchObject({ status: 200 });
    const out = await call('DELETE', PATH, page);
    expect(out).toMatchObject({ status: 204, cookie: expect.stringContaining('Expires=Thu, 01 Jan 1970') });
    expect(await call('GET', PATH, page)).toMatchObject({ status: 401 });
    await later(5_000);
    expect(await call('GET', PATH, page, neighbour)).toMatchObject({ status: 401 });
  });

  it('is over with the key that it was opened with', async () => {
    const { id, key } = await issue();
    const page = await signIn(key);
    expect(await call('GET', PATH, page, neighbour)).toMatchObject({ status: 200 });
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    expect(await call('DELETE', `/v1/admin/api-keys/${id}?reason=left`, headers)).toMatchObject({ status: 200 });
    expect(await call('GET', PATH, page)).toMatchObject({ status: 401 });
    await later(5_000);
    expect(await call('GET', PATH, page, neighbour)).toMatchObject({ status: 401 });
  });

  it('is over when its time is', async () => {
    const page = await signIn();
    await app.get(Postgres).query("UPDATE admin_sessions SET expires_at = now() - interval '1 second'");
    expect(await call('GET', PATH, page, neighbour)).toMatchObject({ status: 401 });
  });

  it('cannot revoke the key that it was opened with', async () => {
    const page = await signIn();
    const { body } = await call('GET', PATH, page);
    const revoked = await call('DELETE', `/v1/admin/api-keys/${String(body['keyId'])}?reason=x`, page);
    expect(revoked).toMatchObject({ status: 409, body: { code: 'api-key-in-use' } });
  });

  it('has a cookie of its own for each port, so that two installations on one machine get along', async () => {
    const host = '127.0.0.1:3001';
    const { cookie } = await call('POST', PATH, { authorization: `Bearer ${ADMIN_KEY}`, host });
    expect(cookie).toMatch(/^holdfast_session_3001=/);
  });
});

/** What was found so long ago is not believed any more. */
async function later(milliseconds: number): Promise<void> {
  const now = performance.now();
  jest.spyOn(performance, 'now').mockReturnValue(now + milliseconds);
  return Promise.resolve();
}
