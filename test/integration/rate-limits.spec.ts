import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { Redis } from 'ioredis';
import { SignJWT } from 'jose';
import { Allow } from '../../src/access/allow.decorator.js';
import { ApiKeys } from '../../src/access/api-keys.js';
import { Postgres } from '../../src/platform/postgres.js';
import { Problem } from '../../src/problems.js';
import { appWith } from '../app.js';
import { eventually } from '../e2e/eventually.js';
import { privateRedis, type PrivateStore } from '../e2e/private-stores.js';
import { TEST_JWT_SECRET, testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase, freshKeyPrefix, testRedisUrl } from '../stores.js';

class Door {
  @ApiProperty()
  open!: boolean;
}

@Controller()
class DoorsController {
  @Get('front')
  @Allow('anonymous', 'buyer', 'service', 'admin')
  @ApiOkResponse({ type: Door })
  front(): Door {
    return { open: true };
  }

  @Get('back')
  @Allow('service')
  @ApiOkResponse({ type: Door })
  back(): Door {
    return { open: true };
  }
}

const ADMIN_KEY = 'hf_sk_the_admin_key_of_the_limit_tests';
const SHOP_KEY = 'hf_sk_the_shop_key_of_the_limit_tests';
const FEW = { ADDRESS_REQUESTS_MAX: '3', CUSTOMER_REQUESTS_MAX: '3', LIMIT_WINDOW_SECONDS: '60' };

let database: FreshDatabase;
const running: NestFastifyApplication[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});
afterAll(() => database.drop());

async function start(env: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
  const keys = { ADMIN_API_KEY: ADMIN_KEY, STOREFRONT_API_KEY: SHOP_KEY };
  const app = await appWith(testConfig(database.url, { ...FEW, ...keys, ...env }), DoorsController);
  running.push(app);
  return app;
}

interface From {
  ip?: string;
  bearer?: string;
  forwarded?: string;
  path?: string;
}

function call(app: NestFastifyApplication, { ip = '203.0.113.1', bearer, forwarded, path = '/front' }: From = {}) {
  const headers = {
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
  };
  return app.inject({ method: 'GET', url: path, headers, remoteAddress: ip });
}

/** The statuses of `times` calls, one after the other. */
async function statuses(app: NestFastifyApplication, times: number, from: From = {}): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await call(app, from)).statusCode);
  return seen;
}

function token(customerId: string): Promise<string> {
  const jwt = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setIssuer('holdfast').setAudience('holdfast');
  return jwt.setSubject(customerId).setExpirationTime('5m').sign(new TextEncoder().encode(TEST_JWT_SECRET));
}

describe('the limit of an address', () => {
  it('refuses what comes too often, and says when to come again', async () => {
    const app = await start();
    expect(await statuses(app, 4)).toEqual([200, 200, 200, 429]);
    const refused = await call(app);
    const { retryAfterSeconds, ...body } = refused.json<Record<string, unknown>>();
    expect(body).toMatchObject({ code: 'too-many-requests', limitedBy: 'address', limit: 3, windowSeconds: 60 });
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(refused.headers['retry-after']).toBe(String(retryAfterSeconds));
    expect(await statuses(app, 1, { ip: '203.0.113.2' })).toEqual([200]);
  });

  it('counts whoever comes without a key that is known, before anybody asks who they are', async () => {
    const app = await start();
    const from = [{ bearer: 'hf_sk_a_key_that_nobody_has' }, { bearer: 'a.b.c' }, { path: '/nowhere' }];
    const answers = [];
    for (const each of [...from, ...from]) answers.push((await call(app, each)).statusCode);
    expect(answers).toEqual([401, 401, 404, 429, 429, 429]);
    expect(await statuses(app, 1, { bearer: await token('c_1') })).toEqual([429]);
  });

  it('does not touch services and admins, though their address is over it', async () => {
    const app = await start();
    await statuses(app, 4);
    expect(await statuses(app, 5, { bearer: SHOP_KEY })).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(app, 5, { bearer: ADMIN_KEY })).toEqual([200, 200, 200, 200, 200]);
  });

  it('does not touch health and documentation', async () => {
    const app = await start();
    expect(await statuses(app, 5, { path: '/health/live' })).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(app, 5, { path: '/openapi.json' })).toEqual([200, 200, 200, 200, 200]);
  });

  it('counts a whole /64 of IPv6 as one', async () => {
    const app = await start();
    const hosts = ['2001:db8::1', '2001:db8::2:3', '2001:db8::ffff', '2001:db8::1:1:1:1'];
    const answers = [];
    for (const ip of hosts) answers.push((await call(app, { ip })).statusCode);
    expect(answers).toEqual([200, 200, 200, 429]);
    expect(await statuses(app, 1, { ip: '2001:db8:0:1::1' })).toEqual([200]);
  });

  it('of 0 is none', async () => {
    const app = await start({ ADDRESS_REQUESTS_MAX: '0', CUSTOMER_REQUESTS_MAX: '0' });
    expect(new Set(await statuses(app, 20, { bearer: await token('c_1') }))).toEqual(new Set([200]));
  });
});

describe('a forged X-Forwarded-For', () => {
  it('has no effect where no proxy is trusted', async () => {
    const app = await start();
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await call(app, { forwarded: `198.51.100.${i}` })).statusCode);
    expect(answers).toEqual([200, 200, 200, 429]);
  });

  it('has no effect behind a trusted proxy: what the proxy saw counts, not what it was told', async () => {
    const app = await start({ TRUST_PROXY: '10.0.0.0/8, 192.0.2.9' });
    const through = (client: string, told: string) =>
      call(app, { ip: '10.1.2.3', forwarded: `${told}, ${client}` }).then(({ statusCode }) => statusCode);
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await through('203.0.113.5', `198.51.100.${i}`));
    expect(answers).toEqual([200, 200, 200, 429]);
    expect(await through('203.0.113.6', '203.0.113.5')).toBe(200);
    expect(await through('203.0.113.5, 192.0.2.9', '203.0.113.7')).toBe(429);
  });

  it('has no effect from somebody who is no trusted proxy', async () => {
    const app = await start({ TRUST_PROXY: '10.0.0.0/8' });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await call(app, { forwarded: `198.51.100.${i}` })).statusCode);
    expect(answers).toEqual([200, 200, 200, 429]);
  });
});

describe('the limit of a customer', () => {
  it('follows a buyer from address to address', async () => {
    const app = await start();
    const bearer = await token('c_1');
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await call(app, { bearer, ip: `203.0.113.${i}` }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.json()).toMatchObject({ limitedBy: 'customer' });
    expect(await statuses(app, 1, { bearer: await token('c_2'), ip: '203.0.113.9' })).toEqual([200]);
  });
});

describe('the limit of a key', () => {
  it('holds for each storefront key by itself where it is set, and never for an admin', async () => {
    const app = await start({ KEY_REQUESTS_MAX: '3' });
    const other = 'hf_sk_another_shop_key_of_the_limit_tests';
    await app.get(ApiKeys).ensure('other', other, 'storefront');
    expect(await statuses(app, 4, { bearer: SHOP_KEY })).toEqual([200, 200, 200, 429]);
    expect((await call(app, { bearer: SHOP_KEY })).json()).toMatchObject({ limitedBy: 'key', limit: 3 });
    expect(await statuses(app, 1, { bearer: other })).toEqual([200]);
    expect(await statuses(app, 5, { bearer: ADMIN_KEY })).toEqual([200, 200, 200, 200, 200]);
  });

  it('comes after who may: a refused caller is told so', async () => {
    const app = await start({ KEY_REQUESTS_MAX: '3' });
    expect(await statuses(app, 5, { bearer: ADMIN_KEY, path: '/back' })).toEqual([403, 403, 403, 403, 403]);
  });
});

describe('several processes', () => {
  it('count together, and leave nothing in Redis when the window is over', async () => {
    const KEY_PREFIX = freshKeyPrefix();
    const [one, two] = [await start({ KEY_PREFIX }), await start({ KEY_PREFIX })];
    expect(await statuses(one, 3)).toEqual([200, 200, 200]);
    await eventually('the other one has heard of it', async () => (await call(two)).statusCode === 429);
    const redis = new Redis(testRedisUrl());
    const key = `${KEY_PREFIX}:limit:address:203.0.113.1`;
    const ttl = await redis.ttl(key);
    redis.disconnect();
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60);
  });

  it('tell each other of a twentieth at a time, so that a request costs Redis next to nothing', async () => {
    const KEY_PREFIX = freshKeyPrefix();
    const env = { KEY_PREFIX, ADDRESS_REQUESTS_MAX: '100' };
    const [one, two] = [await start(env), await start(env)];
    expect(new Set(await statuses(one, 100))).toEqual(new Set([200]));
    expect(await statuses(one, 1)).toEqual([429]);
    expect(await statuses(two, 5)).toEqual([200, 200, 200, 200, 200]);
    await eventually('the other one has heard of it', async () => (await call(two)).statusCode === 429);
  });
});

describe('without Redis', () => {
  let redis: PrivateStore;
  beforeEach(async () => {
    redis = await privateRedis();
  });
  afterEach(() => redis.stop());

  it('each process counts alone, and nobody waits', async () => {
    const app = await start({ REDIS_URL: redis.url });
    await call(app, { ip: '203.0.113.8' });
    await redis.kill();
    expect(await statuses(app, 4)).toEqual([200, 200, 200, 429]);
  });

  it('that answers nothing any more nobody waits either', async () => {
    const app = await start({ REDIS_URL: redis.url });
    const operator = new Redis(redis.url);
    // Longer than this test may take: whoever waited for it would be missed.
    await operator.call('CLIENT', 'PAUSE', '60000', 'ALL');
    expect(await statuses(app, 4)).toEqual([200, 200, 200, 429]);
    operator.disconnect();
  });
});

describe('keys that nobody has', () => {
  it('cost the table 100 look-ups a second at most, and keys that are known are not among them', async () => {
    const app = await start();
    const keys = app.get(ApiKeys);
    const query = jest.spyOn(app.get(Postgres), 'query');
    const ask = (n: number, address: string) =>
      keys
        .byKey(`hf_sk_invented_${n}`, address)
        .catch((error: unknown) => (error instanceof Problem ? error.code : 'else'));
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => ask(n, `203.0.113.${n % 100}`)));
    const lookups = query.mock.calls.filter(([text]) => text.includes('WHERE key_hash')).length;
    query.mockRestore();
    expect(answers.filter((answer) => answer === null)).toHaveLength(100);
    expect(answers.filter((answer) => answer === 'too-many-requests')).toHaveLength(900);
    expect(lookups).toBe(100);
  });

  it('of one network keep out no new key from elsewhere', async () => {
    const app = await start({ ADDRESS_REQUESTS_MAX: '0' });
    // Asked of the keys themselves: so many requests might take longer than the second that is counted.
    const invented = Array.from({ length: 200 }, (_, n) =>
      app
        .get(ApiKeys)
        .byKey(`hf_sk_invented_${n}`, '203.0.113.1')
        .catch((error: unknown) => error),
    );
    const answers = await Promise.all(invented);
    expect(answers.filter((answer) => answer === null)).toHaveLength(20);
    expect(answers.at(-1)).toMatchObject({
      code: 'too-many-requests',
      extensions: { limitedBy: 'address', limit: 20 },
    });
    expect(await statuses(app, 1, { ip: '203.0.113.2', bearer: 'hf_sk_another' })).toEqual([401]);
  });

  it('keep out none of the keys of the settings, however early they come', async () => {
    const app = await start({ ADDRESS_REQUESTS_MAX: '0' });
    await Promise.all(Array.from({ length: 200 }, (_, n) => call(app, { bearer: `hf_sk_invented_${n}` })));
    expect(await statuses(app, 1, { bearer: SHOP_KEY })).toEqual([200]);
  });
});
