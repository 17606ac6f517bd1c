import 'reflect-metadata';
import { Controller, Get, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Allow } from '../../src/access/allow.decorator.js';
import { appWith } from '../app.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

@Controller('v1/things')
class ThingsController {
  @Get()
  @Allow('anonymous')
  read(): { ok: true } {
    return { ok: true };
  }

  @Post()
  @Allow('service')
  write(): { ok: true } {
    return { ok: true };
  }
}

const SHOP = 'https://shop.example.com';
const STRANGER = 'https://stranger.example.com';

let database: FreshDatabase;
let app: NestFastifyApplication;
beforeAll(async () => {
  database = await freshDatabase();
  app = await start(`${SHOP}, http://localhost:5173`);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const start = (CORS_ORIGINS: string): Promise<NestFastifyApplication> =>
  appWith(testConfig(database.url, { CORS_ORIGINS }), ThingsController);

function call(method: 'GET' | 'POST' | 'OPTIONS', origin?: string, headers: Record<string, string> = {}, of = app) {
  return of.inject({ method, url: '/v1/things', headers: { ...(origin !== undefined && { origin }), ...headers } });
}

const preflight = (origin: string, of = app) =>
  call('OPTIONS', origin, { 'access-control-request-method': 'POST' }, of);

describe('a page of an origin that is allowed', () => {
  it('may ask first, without credentials and for every method', async () => {
    const { statusCode, headers, body } = await preflight(SHOP);
    expect([statusCode, body]).toEqual([204, '']);
    expect(headers['access-control-allow-origin']).toBe(SHOP);
    expect(headers['access-control-allow-methods']).toContain('POST');
    expect(headers['access-control-allow-headers']).toContain('Idempotency-Key');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers['access-control-max-age']).toBe('600');
  });

  it('may read the answer and the headers that belong to it, refusals too', async () => {
    const answers = [await call('GET', SHOP), await call('POST', SHOP)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 401]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(SHOP);
      expect(headers.vary).toContain('Origin');
      for (const name of ['Location', 'ETag', 'Retry-After', 'Idempotency-Key', 'Preference-Applied', 'X-Request-Id'])
        expect(headers['access-control-expose-headers']).toContain(name);
    }
  });
});

describe('a page of another origin', () => {
  it('may not', async () => {
    const asked = await preflight(STRANGER);
    expect(asked.statusCode).toBe(405);
    const answered = await call('GET', STRANGER);
    expect(answered.statusCode).toBe(200);
    for (const { headers } of [asked, answered]) expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('OPTIONS that is no preflight', () => {
  it('is a method that routes do not take', async () => {
    const answer = await call('OPTIONS');
    expect(answer.statusCode).toBe(405);
    expect(answer.json()).toMatchObject({ code: 'method-not-allowed' });
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
    const nowhere = await app.inject({ method: 'OPTIONS', url: '/nowhere' });
    expect(nowhere.json()).toMatchObject({ status: 404, code: 'route-not-found' });
  });
});

describe('the origins', () => {
  it('are none unless they are set', async () => {
    const closed = await start('');
    const asked = await preflight(SHOP, closed);
    expect(asked.statusCode).toBe(405);
    expect((await call('GET', SHOP, {}, closed)).headers['access-control-allow-origin']).toBeUndefined();
    await closed.close();
  });

  it('may be all', async () => {
    const open = await start('*');
    expect((await preflight(STRANGER, open)).headers['access-control-allow-origin']).toBe('*');
    expect((await call('GET', STRANGER, {}, open)).headers['access-control-allow-origin']).toBe('*');
    await open.close();
  });
});
