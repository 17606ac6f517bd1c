import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { AccessModule } from '../../src/access/access.module.js';
import { Allow } from '../../src/access/allow.decorator.js';
import { AdminModule } from '../../src/admin/admin.module.js';
import type { ApiKeyList, IssuedApiKeyView } from '../../src/admin/api-key.view.js';
import { ApiKeysController } from '../../src/admin/api-keys.controller.js';
import { createApp } from '../../src/platform/bootstrap.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { Postgres } from '../../src/platform/postgres.js';
import { conforming } from '../conformance/inject.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

@Module({})
class KeysTestModule {}

class Stock {
  @ApiProperty()
  ok!: true;
}

@Controller('stock')
class StockController {
  @Get()
  @ApiOkResponse({ type: Stock })
  @Allow('service')
  read(): { ok: true } {
    return { ok: true };
  }
}

const ADMIN_KEY = 'hf_sk_the_admin_key_of_the_keys_tests';
const SHOP_KEY = 'hf_sk_the_shop_key_of_the_keys_tests';
const PATH = '/v1/admin/api-keys';

let database: FreshDatabase;
let app: NestFastifyApplication;
let neighbour: NestFastifyApplication;
beforeAll(async () => {
  database = await freshDatabase();
  app = await start();
  neighbour = await start();
});
afterAll(async () => {
  await app.close();
  await neighbour.close();
  await database.drop();
});
afterEach(() => jest.restoreAllMocks());

async function start(): Promise<NestFastifyApplication> {
  const config = testConfig(database.url, { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: SHOP_KEY });
  const imports = [PlatformModule.with(config), AccessModule, AdminModule];
  const controllers = [ApiKeysController, StockController];
  return conforming(await createApp(config, { module: KeysTestModule, imports, controllers }));
}

interface Called {
  key?: string;
  on?: NestFastifyApplication;
  body?: object;
}

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, { key = ADMIN_KEY, on = app, body }: Called = {}) {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await on.inject({ method, url, headers, ...(body && { payload: body }) });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() };
}

async function issue(scope: 'storefront' | 'admin' = 'storefront', name = 'a shop'): Promise<IssuedApiKeyView> {
  const { status, body } = await call('POST', PATH, { body: { name, scope, reason: 'a test' } });
  expect(status).toBe(201);
  return body as unknown as IssuedApiKeyView;
}

const revoke = (id: string, called: Called = {}) => call('DELETE', `${PATH}/${id}?reason=lost`, called);
const stock = async (key: string, on = app): Promise<number> => (await call('GET', '/stock', { key, on })).status;

const auditOf = (id: string) =>
  app
    .get(Postgres)
    .query<{ actor: string; action: string; reason: string }>(
      'SELECT actor, action, reason, before, after FROM audit WHERE subject = $1 ORDER BY id',
      [id],
    );

describe('a new API key', () => {
  it('is shown once, works at once everywhere, and is kept as its hash alone', async () => {
    const made = await call('POST', PATH, { body: { name: 'Frankfurt', scope: 'storefront' } });
    const { id, key } = made.body as unknown as IssuedApiKeyView;
    expect(made).toMatchObject({ status: 201, headers: { location: `${PATH}/${id}`, 'cache-control': 'no-store' } });
    expect(made.body).toMatchObject({ name: 'Frankfurt', scope: 'storefront', lastUsedAt: null, revokedAt: null });
    expect(key).toMatch(/^hf_sk_[a-z0-9]{40}$/);
    expect([await stock(key), await stock(key, neighbour)]).toEqual([200, 200]);
    const read = await call('GET', `${PATH}/${id}`);
    expect(Object.keys(read.body).sort()).toEqual(['createdAt', 'id', 'lastUsedAt', 'name', 'revokedAt', 'scope']);
    const rows = await app.get(Postgres).query('SELECT * FROM api_keys');
    expect(JSON.stringify([rows, await auditOf(id), (await call('GET', PATH)).body])).not.toContain(key.slice(6));
  });

  it('of scope admin may make others', async () => {
    const { key } = await issue('admin');
    expect(await call('POST', PATH, { key, body: { name: 'x', scope: 'storefront' } })).toMatchObject({ status: 201 });
    expect(await stock(key)).toBe(403);
  });

  it('lands in the audit log with who and why, without the key', async () => {
    const { id } = await issue('storefront', 'audited');
    expect(await auditOf(id)).toEqual([
      {
        actor: expect.stringMatching(/^admin:key_/),
        action: 'api-key.issue',
        reason: 'a test',
        before: null,
        after: { name: 'audited', scope: 'storefront' },
      },
    ]);
  });

  it.each([
    ['without a name', { scope: 'admin' }, '/name'],
    ['with a scope that there is not', { name: 'x', scope: 'owner' }, '/scope'],
    ['with a key of the caller’s own choice', { name: 'x', scope: 'admin', key: 'hf_sk_mine' }, '/key'],
    ['with a name of spaces', { name: '   ', scope: 'admin' }, '/name'],
  ])('%s is not made, and the member is named', async (_what, body, pointer) => {
    const answer = await call('POST', PATH, { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-request', errors: [{ pointer }] } });
  });

  it('is made by admins alone', async () => {
    expect(await call('POST', PATH, { key: SHOP_KEY, body: {} })).toMatchObject({ status: 403 });
  });
});

describe('the list of API keys', () => {
  it('has every key, the newest first, and goes on where a page ended', async () => {
    const made = [await issue(), await issue(), await issue()].map(({ id }) => id);
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { items, nextCursor } = (await call('GET', `${PATH}${query}`)).body as unknown as ApiKeyList;
      seen.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      query = `?limit=2&cursor=${nextCursor}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 3)).toEqual(expect.arrayContaining(made));
    expect(await call('GET', `${PATH}?cursor=x`)).toMatchObject({ status: 422 });
  });

  it('tells when a key was last used', async () => {
    const { id, key } = await issue();
    await stock(key);
    const noted = async () => (await call('GET', `${PATH}/${id}`)).body['lastUsedAt'];
    while ((await noted()) === null); // nobody waits for the note, so it may be a moment late
    expect(await noted()).toEqual(expect.any(String));
  });
});

describe('revoking an API key', () => {
  it('ends it here at once and elsewhere within 5 s', async () => {
    const { id, key } = await issue();
    expect([await stock(key), await stock(key, neighbour)]).toEqual([200, 200]);
    const revoked = await revoke(id);
    expect(revoked).toMatchObject({ status: 200, body: { id, revokedAt: expect.any(String) } });
    expect(await stock(key)).toBe(401);
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 4_000);
    expect(await stock(key, neighbour)).toBe(401);
  });

  it('again is the same answer, and one entry in the audit log', async () => {
    const { id } = await issue();
    const answers = [await revoke(id), await revoke(id), await revoke(id, { on: neighbour })];
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect((await auditOf(id)).map(({ action, reason }) => [action, reason])).toEqual([
      ['api-key.issue', 'a test'],
      ['api-key.revoke', 'lost'],
    ]);
  });

  it('wants a reason, and a key that there is', async () => {
    const { id } = await issue();
    expect(await call('DELETE', `${PATH}/${id}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '?reason' }] },
    });
    for (const path of ['key_nothere', 'x'.repeat(90)]) {
      expect(await revoke(path)).toMatchObject({ status: 404, body: { code: 'api-key-not-found' } });
      expect(await call('GET', `${PATH}/${path}`)).toMatchObject({ status: 404, body: { code: 'api-key-not-found' } });
    }
  });

  it('refuses the key that the caller comes with', async () => {
    const { id, key } = await issue('admin');
    expect(await revoke(id, { key })).toMatchObject({ status: 409, body: { code: 'api-key-in-use' } });
    expect(await call('GET', PATH, { key })).toMatchObject({ status: 200 });
  });

  it('of two admins by each other at the same moment leaves one of them', async () => {
    const [one, two] = [await issue('admin'), await issue('admin')];
    await Promise.all([call('GET', PATH, { key: one.key }), call('GET', PATH, { key: two.key, on: neighbour })]);
    const answers = await Promise.all([
      revoke(two.id, { key: one.key }),
      revoke(one.id, { key: two.key, on: neighbour }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});
