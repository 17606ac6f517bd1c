import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { Config } from '../../src/platform/config.js';
import { readConfig } from '../../src/platform/read-config.js';
import { settingsOf } from '../../src/platform/setting.js';
import { problemBody } from '../../src/problems.js';
import { readCompose, type Service, variablesOf } from '../support/compose.js';

// There is no Docker where tests run: the file is read as Compose reads it, and its settings as Holdfast does.
const text = readFileSync('docker-compose.yml', 'utf8');
const { all, required } = variablesOf(text);
const SECRET = 'of-forty-eight-hexadecimal-digits-as-openssl-says';
const secrets = Object.fromEntries([...required].map((name) => [name, `${name.toLowerCase()}-${SECRET}`]));
const { services, volumes } = readCompose('docker-compose.yml', secrets);
const names = Object.keys(services);
const appNames = names.filter((name) => /^(api|worker)-\d$/.test(name));
const service = (name: string): Service => services[name]!;
const caddyfile = readFileSync('deploy/Caddyfile', 'utf8');

describe('docker-compose.yml', () => {
  it('starts two APIs behind a proxy, two workers, both stores, and a migration', () => {
    expect(names.sort()).toEqual(
      ['api-1', 'api-2', 'migrate', 'postgres', 'proxy', 'redis', 'worker-1', 'worker-2'].sort(),
    );
  });

  it.each(appNames)('gives %s settings that Holdfast knows and accepts', (name) => {
    const { environment = {} } = service(name);
    const known = settingsOf(Config).map(({ env }) => env);
    expect(Object.keys(environment).filter((each) => !known.includes(each))).toEqual([]);
    const config = readConfig(environment);
    expect(config).toMatchObject({ role: name.split('-')[0], host: '0.0.0.0', port: 3000 });
    expect([new URL(config.databaseUrl).hostname, new URL(config.redisUrl).hostname]).toEqual(['postgres', 'redis']);
  });

  it('does not start without one of its secrets', () => {
    for (const name of required) {
      expect(() => readCompose('docker-compose.yml', { ...secrets, [name]: '' })).toThrow(`${name} is not set`);
    }
    expect([...required].sort()).toEqual(
      ['ADMIN_API_KEY', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'RESERVATION_ID_SECRET', 'STOREFRONT_API_KEY'].sort(),
    );
  });

  it('says at its head how to make each secret', () => {
    const made = /for name in ([A-Z_ ]+); do/.exec(text)?.[1]?.split(' ') ?? [];
    expect([...required, 'JWT_SECRET'].filter((name) => !made.includes(name))).toEqual([]);
    expect(made.filter((name) => !all.has(name))).toEqual([]);
  });

  it('pins every image that is not its own', () => {
    const foreign = names.map(service).filter(({ build }) => !build);
    expect(foreign.map(({ image }) => image).filter((image) => !/:\d+\.\d+(\.\d+)?-\w+$/.test(image))).toEqual([]);
    expect(new Set(names.map(service).flatMap(({ build, image }) => (build ? [image] : [])))).toEqual(
      new Set(['holdfast:local']),
    );
  });

  it('opens no port to the network unless told to', () => {
    const ports = names.flatMap((name) => service(name).ports ?? []);
    expect(ports.sort()).toEqual(['127.0.0.1:3000:8080', '127.0.0.1:5432:5432', '127.0.0.1:6379:6379']);
  });

  it('runs a Redis that fsyncs what it acknowledges, never evicts, and asks for its password', () => {
    const { command = [], environment } = service('redis');
    const flag = (name: string): string | undefined => command[command.indexOf(name) + 1];
    expect(command[0]).toBe('redis-server');
    expect([flag('--appendonly'), flag('--appendfsync'), flag('--maxmemory-policy')]).toEqual([
      ...['yes', 'always', 'noeviction'],
    ]);
    expect(flag('--requirepass')).toBe(secrets['REDIS_PASSWORD']);
    expect(environment).toEqual({ REDISCLI_AUTH: secrets['REDIS_PASSWORD'] });
    expect(new URL(service('api-1').environment?.['REDIS_URL'] ?? '').password).toBe(secrets['REDIS_PASSWORD']);
  });

  it('keeps what the stores know in volumes', () => {
    const named = names.flatMap((name) => (service(name).volumes ?? []).map((volume) => volume.split(':')[0] ?? ''));
    expect(named.filter((volume) => !volume.startsWith('./')).sort()).toEqual(Object.keys(volumes).sort());
    expect(named.filter((volume) => volume.startsWith('./') && !existsSync(volume))).toEqual([]);
  });

  it('waits for what each part needs, and every condition can be met', () => {
    for (const name of appNames) {
      expect(service(name).depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
    for (const name of names) {
      for (const [needed, { condition }] of Object.entries(service(name).depends_on ?? {})) {
        const { healthcheck, restart } = service(needed);
        if (condition === 'service_healthy') expect(healthcheck?.test).toBeDefined();
        else expect([condition, restart]).toEqual(['service_completed_successfully', 'no']);
      }
    }
  });

  it('runs commands that are in the image', () => {
    const [node, script = '', command] = service('migrate').command ?? [];
    expect([node, existsSync(script), command]).toEqual(['node', true, 'migrate']);
    for (const name of appNames)
      expect(service(name).healthcheck?.test).toEqual(['CMD', 'node', 'scripts/ask-health.mjs', 'ready']);
  });

  it('leaves the application longer to stop than it may take', () => {
    const { shutdownDeadlineMs } = readConfig(service('worker-1').environment ?? {});
    for (const name of appNames) {
      expect(Number.parseInt(service(name).stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(shutdownDeadlineMs);
    }
  });

  it('lets the application write nothing and be nobody', () => {
    for (const name of [...appNames, 'migrate']) {
      expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    }
  });

  it('has fewer connections than Postgres admits', () => {
    const pools = appNames.map((name) => readConfig(service(name).environment ?? {}).pgPoolMax);
    expect(pools.reduce((sum, pool) => sum + pool)).toBeLessThan(90);
  });
});

describe('deploy/Caddyfile', () => {
  it('knows every API of docker-compose.yml, where it listens', () => {
    const upstreams = /reverse_proxy (.*) \{/.exec(caddyfile)?.[1]?.split(' ') ?? [];
    expect(upstreams).toEqual(appNames.filter((name) => name.startsWith('api')).map((name) => `${name}:3000`));
    expect(caddyfile).toContain(`:${service('proxy').ports?.[0]?.split(':').at(-1) ?? ''} {`);
  });

  it('waits longer than a client may', () => {
    const longest = settingsOf(Config).find(({ env }) => env === 'WAIT_SECONDS_MAX')?.range;
    expect(longest).toContain('300');
    expect(caddyfile).toContain('response_header_timeout 310s');
  });

  it('answers for an API that is away as the API would', () => {
    const body = JSON.parse(/respond `(.*)` 503/.exec(caddyfile)?.[1] ?? '{}') as { detail: string };
    expect(body).toEqual(problemBody('store-unavailable', body.detail, { retryAfterSeconds: 1 }));
  });
});
