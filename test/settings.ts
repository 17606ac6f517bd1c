import type { Config } from '../src/platform/config.js';
import { readConfig } from '../src/platform/read-config.js';
import { freshKeyPrefix, testRedisUrl } from './stores.js';

export const TEST_JWT_SECRET = 'a secret that only tests know, long enough';

/** A test is one caller who asks for as much as a crowd; tests of limits set their own. */
export const NO_LIMITS = { ADDRESS_REQUESTS_MAX: '0', CUSTOMER_REQUESTS_MAX: '0' } as const;

/** On a machine that is busy with other tests a Redis that says nothing for a while has not fallen silent. */
export const PATIENT = { REDIS_SILENCE_MS_MAX: '10000' } as const;

/** The settings of an application under test: silent, on any port, with Redis keys of its own. */
export function testConfig(databaseUrl: string, env: NodeJS.ProcessEnv = {}): Config {
  return readConfig({
    DATABASE_URL: databaseUrl,
    REDIS_URL: testRedisUrl(),
    RESERVATION_ID_SECRET: 'another secret that only tests know, also long',
    ...{ ...NO_LIMITS, ...PATIENT },
    JWT_SECRET: TEST_JWT_SECRET,
    KEY_PREFIX: freshKeyPrefix(),
    LOG_LEVEL: 'silent',
    PORT: '0',
    ...env,
  });
}
