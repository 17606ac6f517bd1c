import 'reflect-metadata';
import { Controller, Get, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Allow } from '../../src/access/allow.decorator.js';
import { ApiKeys } from '../../src/access/api-keys.js';
import { actorOf, type Caller } from '../../src/access/caller.js';
import { CallerOf } from '../../src/access/caller-of.decorator.js';
import { Postgres } from '../../src/platform/postgres.js';
import { appWith } from '../app.js';
import { TEST_JWT_SECRET, testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

@Controller('rooms')
@Allow('service')
class RoomsController {
  @Get('back')
  back(@CallerOf() caller: Caller): { actor: string } {
    return { actor: actorOf(caller) };
  }

  @Get('public')
  @Allow('anonymous', 'buyer', 'service', 'admin')
  front(@CallerOf() caller: Caller): { actor: string } {
    return { actor: actorOf(caller) };
  }

  @Get('own')
  @Allow('buyer')
  own(@CallerOf() caller: Caller): Caller {
    return caller;
  }

  @Post('office')
  @Allow('admin')
  office(@CallerOf() caller: Caller): { actor: string } {
    return { actor: actorOf(caller) };
  }
}

@Controller('attic')
class ForgottenController {
  @Get('box')
  box(): string {
    return 'open to nobody knows whom';
  }
}

const ADMIN_KEY = 'hf_sk_the_admin_key_of_this_test';
const SHOP_KEY = 'hf_sk_the_storefront_key_of_this_test';
const keys = { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: SHOP_KEY };

let database: FreshDatabase;
let app: NestFastifyApplication;
beforeAll(async () => {
  database = await freshDatabase();
  app = await start(RoomsController);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function start(controller: new () => unknown, env: NodeJS.ProcessEnv = keys): Promise<NestFastifyApplication> {
  const config = testConfig(database.url, env);
  return appWith(config, controller);
}

async function call(path: string, authorization?: string, method: 'GET' | 'POST' = 'GET', payload?: string) {
  const headers = { ...(authorization && { authorization }), ...(payload && { 'content-type': 'application/json' }) };
  const response = await app.inject({ method, url: path, headers, ...(payload && { payload }) });
  const body = response.json<Record<string, unknown>>();
  return { status: response.statusCode, headers: response.headers, body, code: body['code'] };
}

interface TokenParts {
  claims?: Record<string, unknown>;
  sub?: string;
  iss?: string;
  aud?: string;
  exp?: number | string | null;
  alg?: string;
  secret?: string;
}

function token(parts: TokenParts = {}): Promise<string> {
  const jwt = new SignJWT(parts.claims ?? {})
    .setProtectedHeader({ alg: parts.alg ?? 'HS256' })
    .setIssuer(parts.iss ?? 'holdfast')
    .setAudience(parts.aud ?? 'holdfast');
  if (parts.sub !== '') jwt.setSubject(parts.sub ?? 'c_42');
  if (parts.exp !== null) jwt.setExpirationTime(parts.exp ?? '5m');
  return jwt.sign(new TextEncoder().encode(parts.secret ?? TEST_JWT_SECRET));
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('a caller', () => {
  it('without credentials is anonymous', async () => {
    expect(await call('/rooms/public')).toMatchObject({ status: 200, body: { actor: 'anonymous' } });
  });

  it('with a buyer’s token is that customer', async () => {
    expect(await call('/rooms/own', `Bearer ${await token()}`)).toMatchObject({
      status: 200,
      body: { kind: 'buyer', customerId: 'c_42' },
    });
  });

  it('with a storefront key is a service, with an admin key an admin', async () => {
    expect((await call('/rooms/back', `Bearer ${SHOP_KEY}`)).body['actor']).toMatch(/^service:key_[a-z0-9]{12}$/);
    expect((await call('/rooms/office', `bearer ${ADMIN_KEY}`, 'POST')).body['actor']).toMatch(/^admin:key_/);
  });
});

describe('a route', () => {
  it('refuses an anonymous caller with 401 and says how to come back', async () => {
    const answer = await call('/rooms/back');
    expect(answer).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('refuses a kind that it does not name with 403, the admin too', async () => {
    expect(await call('/rooms/back', `Bearer ${ADMIN_KEY}`)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await call('/rooms/office', `Bearer ${SHOP_KEY}`, 'POST')).toMatchObject({ status: 403 });
    expect(await call('/rooms/back', `Bearer ${await token()}`)).toMatchObject({ status: 403 });
  });

  it('refuses before it reads the body', async () => {
    expect(await call('/rooms/office', undefined, 'POST', '{')).toMatchObject({ status: 401 });
    expect(await call('/rooms/office', `Bearer ${SHOP_KEY}`, 'POST', '{')).toMatchObject({ status: 403 });
    expect(await call('/rooms/office', `Bearer ${ADMIN_KEY}`, 'POST', '{')).toMatchObject({ status: 400 });
  });

  it('that names nobody keeps the application from starting, and is named', async () => {
    await expect(start(ForgottenController)).rejects.toThrow('GET /attic/box');
  });
});

describe('credentials', () => {
  it.each([
    ['an unknown key', async () => 'Bearer hf_sk_nobody_has_this_key'],
    ['another scheme', async () => 'Basic YWRtaW46YWRtaW4='],
    ['no token', async () => 'Bearer'],
    ['an empty header', async () => ''],
    ['two tokens', async () => 'Bearer a b'],
    ['a token of another secret', async () => `Bearer ${await token({ secret: 'x'.repeat(32) })}`],
    ['a token of another algorithm', async () => `Bearer ${await token({ alg: 'HS512' })}`],
    ['an unsigned token', async () => `Bearer ${new UnsecuredJWT({ sub: 'c_42' }).setExpirationTime('5m').encode()}`],
    ['an expired token', async () => `Bearer ${await token({ exp: inSeconds(-6) })}`],
    ['a token that never expires', async () => `Bearer ${await token({ exp: null })}`],
    ['a token that is not valid yet', async () => `Bearer ${await token({ claims: { nbf: inSeconds(60) } })}`],
    ['a token of another issuer', async () => `Bearer ${await token({ iss: 'someone' })}`],
    ['a token for another audience', async () => `Bearer ${await token({ aud: 'someone' })}`],
    ['a token for nobody', async () => `Bearer ${await token({ sub: '' })}`],
    ['a token for a name with a line break', async () => `Bearer ${await token({ sub: 'c\n42' })}`],
    ['a token for a name too long', async () => `Bearer ${await token({ sub: 'c'.repeat(129) })}`],
    ['a broken token', async () => 'Bearer eyJ.eyJ.x'],
  ])('with %s are refused everywhere, in the same words', async (_what, authorization) => {
    const given = await authorization();
    for (const path of ['/rooms/public', '/rooms/own', '/nowhere']) {
      const response = await app.inject({ method: 'GET', url: path, headers: { authorization: given } });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ code: 'unauthorized', detail: 'The credentials are not valid.' });
    }
  });

  it('may be late by the difference of two clocks', async () => {
    expect(await call('/rooms/own', `Bearer ${await token({ exp: inSeconds(-2) })}`)).toMatchObject({ status: 200 });
  });

  it('are not asked for by a health check', async () => {
    expect(await call('/health/live', 'Bearer wrong')).toMatchObject({ status: 200 });
  });
});

describe('an API key', () => {
  const table = () => app.get(Postgres).prisma.apiKey;

  it('is stored as its hash alone, once, however often the application starts', async () => {
    await (await start(RoomsController)).close();
    const rows = await table().findMany();
    expect(rows.map(({ name, scope }) => [name, scope]).sort()).toEqual([
      ['ADMIN_API_KEY', 'admin'],
      ['STOREFRONT_API_KEY', 'storefront'],
    ]);
    expect(JSON.stringify(rows)).not.toContain('hf_sk_');
  });

  it('of one scope cannot become one of another', async () => {
    await expect(start(RoomsController, { ADMIN_API_KEY: SHOP_KEY })).rejects.toThrow(/ADMIN_API_KEY .* storefront/);
  });

  it('works at once after it was made, though it was just asked for in vain', async () => {
    const key = 'hf_sk_a_key_that_is_made_later';
    expect(await app.get(ApiKeys).byKey(key, '203.0.113.1')).toBeNull();
    await app.get(ApiKeys).ensure('later', key, 'storefront');
    expect(await app.get(ApiKeys).byKey(key, '203.0.113.1')).toMatchObject({ kind: 'service', name: 'later' });
  });

  it('that was revoked is unknown, and stays so when it is made known again', async () => {
    const key = 'hf_sk_a_key_that_is_revoked';
    await app.get(ApiKeys).ensure('gone', key, 'storefront');
    await table().updateMany({ where: { name: 'gone' }, data: { revokedAt: new Date() } });
    await app.get(ApiKeys).ensure('gone', key, 'storefront');
    expect(await app.get(ApiKeys).byKey(key, '203.0.113.1')).toBeNull();
    expect(await call('/rooms/back', `Bearer ${key}`)).toMatchObject({ status: 401 });
  });

  it('is looked up once by all who come with it together, and then kept for a while', async () => {
    const key = 'hf_sk_a_key_that_many_bring';
    await app.get(ApiKeys).ensure('many', key, 'storefront');
    const query = jest.spyOn(app.get(Postgres), 'query');
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.get(ApiKeys).byKey(key, '203.0.113.1')));
    await app.get(ApiKeys).byKey(key, '203.0.113.1');
    expect(new Set(answers.map((caller) => caller?.keyId)).size).toBe(1);
    expect(query.mock.calls.filter(([text]) => text.includes('WHERE key_hash'))).toHaveLength(1);
    query.mockRestore();
  });
});
