import 'reflect-metadata';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { type AddressInfo, connect } from 'node:net';
import { Allow } from '../../src/access/allow.decorator.js';
import { Readiness } from '../../src/platform/readiness.js';
import { BodyLimit } from '../../src/platform/route-traits.js';
import { Problem } from '../../src/problems.js';
import { appWith } from '../app.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

class LineBody {
  @IsString() skuId!: string;
  @IsInt() @Min(1) @Max(100) quantity!: number;
}
class OrderBody {
  @IsArray() @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => LineBody) lines!: LineBody[];
  @IsOptional() @IsString() note?: string;
}
class PageQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) limit?: number;
}
class OnePath {
  @MaxLength(8) id!: string;
}

@Controller('v1/things')
@Allow('anonymous')
class ThingsController {
  @Post()
  create(@Body() body: OrderBody): { nested: boolean } {
    return { nested: body.lines[0] instanceof LineBody };
  }
  @Post('large')
  @BodyLimit(64 * 1024)
  large(@Body() body: OrderBody): OrderBody {
    return body;
  }
  @Get()
  list(@Query() query: PageQuery): PageQuery {
    return query;
  }
  @Get('refused')
  refused(): never {
    throw new Problem('overloaded', 'Too many wait.', { retryAfterSeconds: 0.2 });
  }
  @Get('broken')
  broken(): never {
    throw new Error('SELECT secret FROM api_keys failed at /srv/app.ts');
  }
  @Get('outage')
  outage(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }
  @Get(':id')
  one(@Param() path: OnePath): OnePath {
    return path;
  }
}

let database: FreshDatabase;
let app: NestFastifyApplication;
beforeAll(async () => {
  database = await freshDatabase();
  const settings = testConfig(database.url);
  app = await appWith(settings, ThingsController);
  await app.listen(0, '127.0.0.1');
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const post = (url: string, payload: string | Buffer, type = 'application/json') =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
const order = (...lines: unknown[]): string => JSON.stringify({ lines });
const ENDLESS = `/v1/things/${'x'.repeat(1_537)}`;
const LINE = { skuId: 'sku_1', quantity: 1 };

describe('what cannot be served is a problem', () => {
  it.each([
    ['an unknown path', () => get('/v1/nothing?x=1'), 404, 'route-not-found', '/v1/nothing'],
    ['an unknown path with a body', () => post('/v1/nothing', '{'), 404, 'route-not-found', '/v1/nothing'],
    [
      'another method',
      () => app.inject({ method: 'DELETE', url: '/v1/things' }),
      405,
      'method-not-allowed',
      '/v1/things',
    ],
    [
      'another type of body',
      () => post('/v1/things', 'a=b', 'application/x-www-form-urlencoded'),
      415,
      'unsupported-media-type',
      '/v1/things',
    ],
    ['plain text', () => post('/v1/things', 'hello', 'text/plain'), 415, 'unsupported-media-type', '/v1/things'],
    [
      'a body too large',
      () => post('/v1/things', JSON.stringify('x'.repeat(17_000))),
      413,
      'body-too-large',
      '/v1/things',
    ],
    ['broken JSON', () => post('/v1/things', '{"lines": ['), 400, 'malformed-request', '/v1/things'],
    [
      'a body that is no UTF-8',
      () => post('/v1/things', Buffer.from('{"lines":[],"note":"Stra\xdfe"}', 'latin1')),
      400,
      'malformed-request',
      '/v1/things',
    ],
    [
      'a body that reaches for a prototype',
      () => post('/v1/things', '{"lines":[{"__proto__":{"a":1}}]}'),
      400,
      'malformed-request',
      '/v1/things',
    ],
    [
      'a body with a member that every object has',
      () => post('/v1/things', '{"lines":[],"toString":null}'),
      400,
      'malformed-request',
      '/v1/things',
    ],
    [
      'a body without a bottom',
      () => post('/v1/things', `${'['.repeat(8000)}${']'.repeat(8000)}`),
      400,
      'malformed-request',
      '/v1/things',
    ],
    ['a URL that cannot be decoded', () => get('/v1/%zz'), 400, 'malformed-request', '/v1/%zz'],
    ['a path with an empty part', () => get('/v1/things/'), 404, 'route-not-found', '/v1/things/'],
    ['a path with an endless part', () => get(ENDLESS), 404, 'route-not-found', ENDLESS],
    ['an outage of Postgres', () => get('/v1/things/outage'), 503, 'store-unavailable', '/v1/things/outage'],
    ['an error of ours', () => get('/v1/things/broken'), 500, 'internal', '/v1/things/broken'],
  ])('%s', async (_what, send, status, code, instance) => {
    const response = await send();
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.headers['x-request-id']).toMatch(/^req_/);
    expect(response.json()).toMatchObject({
      status,
      code,
      instance,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(response.json<{ type: string }>().type).toBe(`https://holdfast.dev/problems/${code}`);
    expect(response.statusCode).toBe(status);
  });

  it('names the methods that a path takes', async () => {
    const response = await app.inject({ method: 'PUT', url: '/v1/things' });
    expect(response.headers.allow).toBe('GET, HEAD, POST');
  });

  it('says when to come back, in whole seconds', async () => {
    expect((await get('/v1/things/refused')).headers['retry-after']).toBe('1');
    expect((await get('/v1/things/outage')).headers['retry-after']).toBe('1');
  });

  it('tells nothing of our inside', async () => {
    for (const url of ['/v1/things/broken', '/v1/things/outage']) {
      expect((await get(url)).payload).not.toMatch(/SELECT|secret|\.ts|10\.0\.0\.7|stack/);
    }
  });

  it('answers bytes that are no HTTP with a problem, and hangs up', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const { port } = app.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'));
      socket
        .on('data', (bytes) => (text += bytes.toString()))
        .on('close', () => resolve(text))
        .on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(answer).toContain('"code":"malformed-request"');
  });
});

describe('validation', () => {
  const errorsOf = async (sent: ReturnType<typeof post>): Promise<unknown> => {
    const response = await sent;
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({ code: 'invalid-request' });
    return response.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);
  };

  it('gives the controller instances of the declared classes', async () => {
    expect((await post('/v1/things', order(LINE))).json()).toEqual({ nested: true });
  });

  it.each([
    ['a member too many', '{"lines":[],"price":0}', ['/price']],
    ['a nested member too many', order({ ...LINE, unitPrice: 0 }), ['/lines/0/unitPrice']],
    ['a number too large, in the second line', order(LINE, { ...LINE, quantity: 101 }), ['/lines/1/quantity']],
    ['a number as text', order({ ...LINE, quantity: '1' }), ['/lines/0/quantity']],
    ['a number that is none', '{"lines":[{"skuId":"a","quantity":1e999}]}', ['/lines/0/quantity']],
    ['a missing member', '{}', ['/lines']],
    ['an element that is no object', '{"lines":[null]}', ['/lines/0']],
    ['a name that a pointer must escape', '{"lines":[],"a/b~c":1}', ['/a~1b~0c']],
    ['an array for a body', '[]', ['']],
    ['a text for a body', '"lines"', ['']],
    ['null for a body', 'null', ['']],
  ])('points at %s', async (_what, payload, pointers) => {
    expect([...new Set((await errorsOf(post('/v1/things', payload))) as string[])]).toEqual(pointers);
  });

  it('takes a missing body and an empty one as one without members', async () => {
    expect(await errorsOf(post('/v1/things', ''))).toEqual(expect.arrayContaining(['/lines']));
    expect(await errorsOf(app.inject({ method: 'POST', url: '/v1/things' }))).toEqual(
      expect.arrayContaining(['/lines']),
    );
  });

  it('points into the query and the path', async () => {
    expect(await errorsOf(get('/v1/things?limit=0'))).toEqual(['?limit']);
    expect(await errorsOf(get('/v1/things?page=2&toString=2'))).toEqual(['?toString']);
    expect(await errorsOf(get('/v1/things?page=2'))).toEqual(['?page']);
    expect(await errorsOf(get('/v1/things/muchtoolong'))).toEqual(['{id}']);
    expect((await get('/v1/things?limit=5')).json()).toEqual({ limit: 5 });
  });

  it('lets a route take a larger body where it says so', async () => {
    const payload = JSON.stringify({ lines: [], note: 'x'.repeat(20_000) });
    expect((await post('/v1/things/large', payload)).statusCode).toBe(201);
    expect((await post('/v1/things/large', JSON.stringify('x'.repeat(70_000)))).statusCode).toBe(413);
  });
});

describe('every answer', () => {
  it('of the API is kept by no cache, refusals too', async () => {
    expect((await get('/v1/things')).headers['cache-control']).toBe('no-store');
    expect((await get('/v1/nothing')).headers['cache-control']).toBe('no-store');
    expect((await get('/health/live')).headers['cache-control']).toBeUndefined();
  });

  it('returns the request’s id: the caller’s own where it is harmless', async () => {
    expect((await get('/v1/things', { 'x-request-id': 'mine-1' })).headers['x-request-id']).toBe('mine-1');
    expect((await get('/v1/things', { 'x-request-id': 'not mine' })).headers['x-request-id']).toMatch(/^req_/);
  });

  it('tells browsers to run and frame nothing', async () => {
    const { headers } = await get('/v1/things');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('of the documentation lets its own scripts run', async () => {
    const page = await get('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect((await get('/docs/swagger-ui-bundle.js')).statusCode).toBe(200);
    expect((await get('/docs/nothing.js')).json()).toMatchObject({ status: 404, code: 'route-not-found' });
    expect((await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0', paths: { '/v1/things': {} } });
  });
});

describe('the server', () => {
  it('waits for headers and bodies for a few seconds only', () => {
    expect(app.getHttpServer()).toMatchObject({ headersTimeout: 5_000, requestTimeout: 10_000 });
  });
});

describe('health', () => {
  it('is alive at once, and ready when the stores answer and the ledger was built', async () => {
    expect((await get('/health/live')).json()).toEqual({ status: 'ok' });
    const refused = await get('/health/ready');
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'store-unavailable' });
    const readiness = app.get(Readiness);
    for (const part of ['postgres', 'redis', 'ledger'] as const) readiness.report(part, true);
    expect((await get('/health/ready')).json()).toMatchObject({ status: 'ready', degraded: [] });
  });
});
