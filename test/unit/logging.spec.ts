import 'reflect-metadata';
import { readConfig } from '../../src/platform/read-config.js';
import { NestLogger, rootLogger } from '../../src/platform/logging.js';

const SECRETS = {
  RESERVATION_ID_SECRET: 'a "quoted" secret of the reservation ids',
  JWT_SECRET: 'the secret with which buyers’ tokens are made',
  ADMIN_API_KEY: 'no-usual-shape-but-given-as-a-key',
};

function openLog(level = 'info'): {
  log: ReturnType<typeof rootLogger>;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const env = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache', LOG_LEVEL: level, ...SECRETS };
  const log = rootLogger(readConfig(env), { write: (line) => void written.push(line) });
  return {
    log,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
}

describe('the log', () => {
  it('writes one object a line with its level in words', () => {
    const { log, lines } = openLog();
    log.warn({ saleId: 'sale_1' }, 'slow');
    expect(lines()).toEqual([expect.objectContaining({ level: 'warn', saleId: 'sale_1', msg: 'slow', role: 'all' })]);
  });

  it.each([
    ['a header', { headers: { authorization: 'Basic abc' } }, 'Basic abc'],
    ['a key by name', { apiKey: 'something' }, 'something'],
    ['a key by shape', { note: 'called with hf_sk_0123456789abcdef' }, 'hf_sk_0123'],
    ['a token', { note: 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl' }, 'c2lnbmF0dXJl'],
    ['bearer credentials', { note: 'Authorization: bearer abc.def' }, 'abc.def'],
    ['a password in a URL', { err: new Error('cannot reach postgres://app:hunter2@db/x') }, 'hunter2'],
    ['a configured key', { note: `key ${SECRETS.ADMIN_API_KEY}` }, SECRETS.ADMIN_API_KEY],
    ['a configured secret', { note: SECRETS.JWT_SECRET }, SECRETS.JWT_SECRET],
    ['a configured secret that JSON escapes', { note: SECRETS.RESERVATION_ID_SECRET }, 'of the reservation ids'],
  ])('does not show %s', (_what, bindings, secret) => {
    const { log, text, lines } = openLog();
    log.error(bindings, 'failed');
    expect(lines()).toHaveLength(1);
    expect(text()).not.toContain(secret);
    expect(text()).toContain('[redacted]');
  });

  it('keeps Nest’s account of its modules on the level for developers', () => {
    const { log, lines } = openLog();
    const nest = new NestLogger(log);
    nest.log('Mapped {/health, GET} route', 'RouterExplorer');
    nest.log('rebuilt', 'Guardian');
    nest.error('broken', 'at x.ts:1', 'Guardian');
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'info', context: 'Guardian', msg: 'rebuilt' }),
      expect.objectContaining({ level: 'error', context: 'Guardian', msg: 'broken', stack: 'at x.ts:1' }),
    ]);
  });
});
