import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HoldfastModule } from '../../src/holdfast.module.js';
import { createApp } from '../../src/platform/bootstrap.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

describe('the pages', () => {
  let database: FreshDatabase;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    database = await freshDatabase();
    const config = testConfig(database.url, { ROLE: 'api' });
    app = await createApp(config, HoldfastModule.with(config));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each(['/admin', '/admin/', '/admin/holds/sale_k3v9x2m1qa'])(
    'are there at %s, asked for anew each time',
    async (url) => {
      const { statusCode, headers, body } = await app.inject({ url });
      expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['cache-control']).toBe('no-cache');
      expect(body).toContain('<div id="page"></div>');
    },
  );

  it('run no script and take no style that stands in them', async () => {
    const { headers, body } = await app.inject({ url: '/admin' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(body.match(/<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=/g)).toBeNull();
  });

  it('keep their assets for a year, by names that change with what is in them', async () => {
    const { body } = await app.inject({ url: '/admin' });
    const paths = Array.from(body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, path = '']) => path);
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const url of paths) {
      const { statusCode, headers } = await app.inject({ url });
      expect([url, statusCode]).toEqual([expect.stringMatching(/-[\w-]{8}\.\w+$/), 200]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('come compressed to whoever takes that', async () => {
    const { body } = await app.inject({ url: '/admin' });
    const url = /src="(\/assets\/[^"]+\.js)"/.exec(body)?.[1] ?? '';
    for (const encoding of ['br', 'gzip']) {
      const { headers } = await app.inject({ url, headers: { 'accept-encoding': encoding } });
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': expect.stringContaining('javascript'),
      });
    }
  });

  it.each(['/assets/', '/assets/nothing.js', '/assets/../main.js', '/admin.js', '/assets/%2e%2e/main.js'])(
    'have nothing else below them: %s',
    async (url) => {
      const { statusCode, headers } = await app.inject({ url });
      expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    },
  );
});
