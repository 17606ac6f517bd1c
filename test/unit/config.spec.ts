import 'reflect-metadata';
import { ConfigError, readConfig } from '../../src/platform/read-config.js';

const SECRET = 'x'.repeat(32);
const LEAST = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache', RESERVATION_ID_SECRET: SECRET };

const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig({ ...LEAST, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs three settings and has a default for the rest', () => {
    const config = readConfig(LEAST);
    expect(config).toMatchObject({ role: 'all', port: 3000, host: '127.0.0.1', keyPrefix: 'hf', pinGraceMs: 5000 });
    expect(config).toMatchObject({ testClock: false, logLevel: 'info', jwtIssuer: 'holdfast', partitions: 1 });
    expect(config.adminApiKey).toBeUndefined();
  });

  it('names all settings that are missing', () => {
    expect(() => readConfig({})).toThrow(ConfigError);
    expect(problemsOf({ DATABASE_URL: '', REDIS_URL: ' ' }).map((problem) => problem.split(' ', 1)[0])).toEqual([
      'DATABASE_URL',
      'REDIS_URL',
    ]);
  });

  it('reads lists with commas between their entries', () => {
    const { corsOrigins, trustProxy } = readConfig({ ...LEAST, CORS_ORIGINS: 'https://a.example, https://b.example' });
    expect(corsOrigins).toEqual(['https://a.example', 'https://b.example']);
    expect(trustProxy).toEqual([]);
  });

  it('cannot be changed after it was read', () => {
    const config = readConfig(LEAST);
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });

  it.each([
    ['PORT', '65536', '0 to 65535'],
    ['PORT', '0x10', 'a whole number'],
    ['PORT', '3000.5', 'a whole number'],
    ['PORT', '-1', '0 to 65535'],
    ['ROLE', 'both', 'all, api, worker'],
    ['DATABASE_URL', 'mysql://db', 'postgres://'],
    ['REDIS_URL', 'http://cache', 'redis://'],
    ['ADMIN_API_KEY', 'short', '24 to 200'],
    ['ADMIN_API_KEY', 'with.dots.which.tokens.have.alone', '24 to 200'],
    ['JWT_SECRET', 'short', '32 to 512'],
    ['KEY_PREFIX', 'Hf:', 'a-z, 0-9'],
    ['JWT_JWKS_URL', 'http://keys.example/jwks', 'https://'],
    ['JWT_JWKS_URL', 'https://me:hush@keys.example/jwks', 'https://'],
    ['CORS_ORIGINS', 'https://shop.example.com/', 'origins'],
    ['CORS_ORIGINS', 'https://a.example,,https://b.example', 'origins'],
    ['TRUST_PROXY', 'true', 'addresses'],
    ['ADDRESS_REQUESTS_MAX', '-1', '0 to 10000000'],
    ['LIMIT_WINDOW_SECONDS', '61', '1 to 60'],
    ['PARTITIONS', '65', '1 to 64'],
    ['TEST_CLOCK', 'yes', 'true or false'],
    ['SWEEP_INTERVAL_MS', '0', 'milliseconds, 10 to 60000'],
  ])('refuses %s=%s and says what is accepted', (name, value, accepted) => {
    const [problem = '', ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} must be `));
    expect(problem).toContain(accepted);
  });

  it('never repeats a value, which may be a secret', () => {
    const problems = problemsOf({ JWT_SECRET: 'hush', DATABASE_URL: 'oracle://me:hush@db' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hush');
  });

  it('refuses a pin grace in which the owner may still be at work', () => {
    expect(problemsOf({ PIN_GRACE_MS: '4000', PG_STATEMENT_TIMEOUT_MS: '3000' })).toEqual([
      expect.stringContaining('PIN_GRACE_MS'),
    ]);
    expect(problemsOf({ PIN_GRACE_MS: '4001', PG_STATEMENT_TIMEOUT_MS: '3000' })).toEqual([]);
  });

  it('takes published keys or a shared secret for tokens, not both', () => {
    const JWT_JWKS_URL = 'https://login.example.com/.well-known/jwks.json';
    expect(problemsOf({ JWT_JWKS_URL })).toEqual([]);
    expect(problemsOf({ JWT_JWKS_URL: 'http://127.0.0.1:8080/jwks.json' })).toEqual([]);
    expect(problemsOf({ JWT_JWKS_URL, JWT_SECRET: SECRET })).toEqual([expect.stringContaining('exclude each other')]);
  });

  it('refuses to forget the rows of a sale before Redis has forgotten the sale', () => {
    expect(problemsOf({ RESERVATION_RETENTION_DAYS: '6' })).toEqual([
      expect.stringContaining('CLOSED_SALE_RETENTION_DAYS'),
    ]);
    expect(problemsOf({ RESERVATION_RETENTION_DAYS: '7', CLOSED_SALE_RETENTION_DAYS: '7' })).toEqual([]);
  });

  it('takes a failpoint from tests alone, and only one that there is', () => {
    const FAILPOINT = 'hold.journal:kill';
    expect(problemsOf({ FAILPOINT })).toEqual([expect.stringContaining('FAILPOINT needs TEST_CLOCK')]);
    expect(problemsOf({ FAILPOINT, TEST_CLOCK: 'true' })).toEqual([]);
    expect(problemsOf({ FAILPOINT: 'hold.dinner:kill', TEST_CLOCK: 'true' })).toEqual([
      expect.stringContaining('src/crash-points.ts'),
    ]);
    expect(problemsOf({ FAILPOINT: 'hold.journal:faint', TEST_CLOCK: 'true' })).toEqual([
      expect.stringContaining('hold.journal:kill'),
    ]);
  });

  it('refuses one key for two scopes', () => {
    const key = 'k'.repeat(24);
    expect(problemsOf({ ADMIN_API_KEY: key, STOREFRONT_API_KEY: key })).toEqual([expect.stringContaining('differ')]);
  });
});
