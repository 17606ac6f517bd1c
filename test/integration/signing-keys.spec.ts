import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportSPKI, importJWK, jwtVerify, SignJWT } from 'jose';
import { pino } from 'pino';
import { Allow } from '../../src/access/allow.decorator.js';
import type { Caller } from '../../src/access/caller.js';
import { CallerOf } from '../../src/access/caller-of.decorator.js';
import { SigningKeys } from '../../src/access/signing-keys.js';
import { appWith } from '../app.js';
import { eventually } from '../e2e/eventually.js';
import { JwksServer, signedBy, signer, type TokenDifference, type TokenSigner } from '../jwks-server.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

@Controller('own')
class OwnController {
  @Get()
  @Allow('buyer')
  own(@CallerOf() caller: Caller): Caller {
    return caller;
  }
}

const COOLDOWN_MS = 10_000;
const silent = pino({ level: 'silent' });

let jwks: JwksServer;
let first: TokenSigner;
let second: TokenSigner;
beforeAll(async () => {
  [first, second] = await Promise.all([signer('first'), signer('second', 'RS256')]);
});
beforeEach(async () => {
  jwks = await JwksServer.start(first.jwk);
});
afterEach(() => jwks.stop());

describe('signing keys', () => {
  let now: number;
  let keys: SigningKeys;
  beforeEach(() => {
    now = 0;
    keys = new SigningKeys(jwks.url, silent, () => now);
  });

  /** 'accepted', the code of the problem, or the code of jose's error. */
  async function verdict(by: TokenSigner, different: TokenDifference = {}): Promise<string> {
    try {
      await jwtVerify(await signedBy(by, different), keys.keyOf);
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  it('are fetched once, whoever comes together', async () => {
    expect(await Promise.all(Array.from({ length: 10 }, () => verdict(first)))).toEqual(Array(10).fill('accepted'));
    now += COOLDOWN_MS;
    expect(await verdict(first)).toBe('accepted');
    expect(jwks.looks).toBe(1);
  });

  it('may be rotated: a new key is found by its first token, and the old one goes on while it is published', async () => {
    await verdict(first);
    jwks.keys = [second.jwk, first.jwk];
    now += COOLDOWN_MS;
    expect(await verdict(second)).toBe('accepted');
    expect(await verdict(first)).toBe('accepted');
    expect(jwks.looks).toBe(2);
  });

  it('that are unknown make us look once in 10 s, whatever number of them comes', async () => {
    await verdict(first);
    const stranger = await signer('third');
    const flood = async (): Promise<Set<string>> =>
      new Set(await Promise.all(Array.from({ length: 50 }, (_, n) => verdict(stranger, { kid: `k${n}` }))));
    expect(await flood()).toEqual(new Set(['ERR_JWKS_NO_MATCHING_KEY']));
    expect(jwks.looks).toBe(1);
    now += COOLDOWN_MS;
    await flood();
    await flood();
    expect(jwks.looks).toBe(2);
    expect(await verdict(first)).toBe('accepted');
  });

  it.each(['broken', 'moved', 'silent'] as const)(
    'that are known go on when the key set is %s; of others nobody can tell, and nobody looks more than once in 10 s',
    async (mode) => {
      await verdict(first);
      jwks.mode = mode;
      now += COOLDOWN_MS;
      const strangers = await Promise.all(Array.from({ length: 20 }, () => verdict(second)));
      expect(new Set(strangers)).toEqual(new Set(['store-unavailable']));
      expect(await verdict(second)).toBe('store-unavailable');
      expect(await verdict(first)).toBe('accepted');
      expect(jwks.looks).toBe(2);
      now += 3_600_000;
      expect(await verdict(first)).toBe('accepted');
      await keys.refresh(); // the look that nobody waited for
      jwks.mode = 'up';
      jwks.keys = [first.jwk, second.jwk];
      now += COOLDOWN_MS;
      expect(await verdict(second)).toBe('accepted');
    },
  );

  it('that were never fetched make every token undecided, until they are', async () => {
    jwks.mode = 'broken';
    expect(await verdict(first)).toBe('store-unavailable');
    jwks.mode = 'up';
    expect(await verdict(first)).toBe('store-unavailable');
    now += COOLDOWN_MS;
    expect(await verdict(first)).toBe('accepted');
  });

  it('that were withdrawn are forgotten within 5 minutes, also when no token came meanwhile', async () => {
    await verdict(first);
    jwks.keys = [second.jwk];
    now += 300_001;
    expect(await verdict(first)).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });

  it('are fetched again before they are 5 minutes old, and no token waits for it', async () => {
    await verdict(first);
    jwks.keys = [second.jwk];
    now += 240_001;
    expect(await verdict(first)).toBe('accepted');
    await keys.refresh();
    expect([await verdict(first), jwks.looks]).toEqual(['ERR_JWKS_NO_MATCHING_KEY', 2]);
  });
});

describe('a token by a published key', () => {
  let database: FreshDatabase;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  beforeEach(async () => {
    jwks.keys = [first.jwk, second.jwk];
    app = await appWith(testConfig(database.url, { JWT_SECRET: '', JWT_JWKS_URL: jwks.url }), OwnController);
  });
  afterEach(() => app.close());
  afterAll(() => database.drop());

  /** The verdict on a token; that the first look at the keys took too long on a busy machine is none. */
  function call(token: string): Promise<{ status: number; body: Record<string, unknown> }> {
    return eventually('the keys were had in time', async () => {
      const answer = await app.inject({ method: 'GET', url: '/own', headers: { authorization: `Bearer ${token}` } });
      return answer.statusCode !== 503 && { status: answer.statusCode, body: answer.json() };
    });
  }

  it('speaks for its customer, by any of the keys', async () => {
    for (const by of [first, second]) {
      expect(await call(await signedBy(by))).toMatchObject({
        status: 200,
        body: { kind: 'buyer', customerId: 'c_42' },
      });
    }
  });

  it.each([
    ['of another issuer', () => signedBy(first, { iss: 'someone' })],
    ['for another audience', () => signedBy(first, { aud: 'someone' })],
    ['that has expired', () => signedBy(first, { exp: Math.floor(Date.now() / 1000) - 6 })],
    ['by a key that is not published', async () => signedBy(await signer('third'))],
    ['by another key under a published name', async () => signedBy(await signer('x'), { kid: 'first' })],
    ['that brings its own key', async () => bringingItsKey(await signer('own'))],
    ['that takes a public key for a shared secret', () => confused(second)],
  ])('%s is refused', async (_what, token) => {
    expect(await call(await token())).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('of a key that is unknown in an outage is undecided: 503, with a time to come again', async () => {
    jwks.mode = 'broken';
    // A new application has never seen a key.
    await app.close();
    app = await appWith(testConfig(database.url, { JWT_SECRET: '', JWT_JWKS_URL: jwks.url }), OwnController);
    const headers = { authorization: `Bearer ${await signedBy(first)}` };
    const answer = await app.inject({ method: 'GET', url: '/own', headers });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'store-unavailable' });
    expect(answer.headers['retry-after']).toBe('10');
  });

  it('that cannot be used with its key is refused, not an accident of ours', async () => {
    jwks.keys = [{ kty: 'RSA', kid: 'short', alg: 'RS256', n: 'AQAB', e: 'AQAB' }];
    await app.close();
    app = await appWith(testConfig(database.url, { JWT_SECRET: '', JWT_JWKS_URL: jwks.url }), OwnController);
    expect(await call(await signedBy(second, { kid: 'short' }))).toMatchObject({ status: 401 });
  });
});

async function bringingItsKey(by: TokenSigner): Promise<string> {
  return signedBy(by, { kid: 'first', header: { jwk: by.jwk, jku: jwks.url } });
}

async function confused({ jwk }: TokenSigner): Promise<string> {
  const key = await importJWK({ ...jwk, ext: true }, 'RS256', { extractable: true });
  if (key instanceof Uint8Array) throw new Error('a public key was expected');
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', kid: 'second' })
    .setIssuer('holdfast')
    .setAudience('holdfast')
    .setSubject('c_42')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(await exportSPKI(key)));
}
