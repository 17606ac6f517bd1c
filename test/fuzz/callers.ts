import { SignJWT, UnsecuredJWT } from 'jose';
import { randomChars } from '../../src/platform/ids.js';
import type { Wire } from './wire.js';

export interface Keys {
  readonly adminKey: string;
  readonly storefrontKey: string;
  /** Without it no tokens of buyers can be made, and they are left out. */
  readonly jwtSecret?: string | undefined;
  readonly metricsToken?: string | undefined;
}

/** The customers of every walk; the first two can also call for themselves. */
export const CUSTOMERS = ['c_1', 'c_2', 'c_3'] as const;

/** The value of `Authorization` for each kind of caller, those that must be refused among them. */
export async function credentialsOf(wire: Wire, keys: Keys): Promise<Record<string, string | null>> {
  const { adminKey, storefrontKey, jwtSecret, metricsToken } = keys;
  const bearer = (text: string): string => `Bearer ${text}`;
  const buyers = jwtSecret === undefined ? {} : await tokens(jwtSecret);
  return {
    ...{ anonymous: null, service: bearer(storefrontKey), admin: bearer(adminKey) },
    ...{ metrics: metricsToken === undefined ? null : bearer(metricsToken) },
    ...{ 'a revoked key': bearer(await revokedKey(wire, adminKey)), 'an unknown key': bearer('hf_sk_nobody') },
    ...{ 'an empty key': 'Bearer ', 'a password': 'Basic YTpi', 'a long key': bearer(`hf_sk_${'x'.repeat(5_000)}`) },
    ...{ 'a broken token': bearer('a.b.c'), 'an unsigned token': bearer(unsigned()) },
    ...Object.fromEntries(Object.entries(buyers).map(([name, token]) => [name, bearer(token)])),
  };
}

async function tokens(secret: string): Promise<Record<string, string>> {
  const key = new TextEncoder().encode(secret);
  const jwt = (sub: string, aud = 'holdfast'): SignJWT =>
    new SignJWT().setProtectedHeader({ alg: 'HS256' }).setIssuer('holdfast').setAudience(aud).setSubject(sub);
  const [first, second] = CUSTOMERS;
  return {
    buyer: await jwt(first).setExpirationTime('8h').sign(key),
    'another buyer': await jwt(second).setExpirationTime('8h').sign(key),
    'an expired token': await jwt(first).setExpirationTime('-1m').sign(key),
    'a forged token': await jwt(first)
      .setExpirationTime('8h')
      .sign(new TextEncoder().encode(`not ${secret}`)),
    'a token for others': await jwt(first, 'others').setExpirationTime('8h').sign(key),
    'a token without end': await jwt(first).sign(key),
  };
}

const unsigned = (): string =>
  new UnsecuredJWT({}).setIssuer('holdfast').setAudience('holdfast').setSubject('c_1').setExpirationTime('8h').encode();

async function revokedKey(wire: Wire, adminKey: string): Promise<string> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const path = '/v1/admin/api-keys';
  const payload = JSON.stringify({ name: `to be revoked ${randomChars(6)}`, scope: 'storefront' });
  const made = JSON.parse((await wire.send({ method: 'POST', path, headers, payload })).text) as {
    id: string;
    key: string;
  };
  await wire.send({ method: 'DELETE', path: `${path}/${made.id}?reason=fuzz`, headers, payload: undefined });
  return made.key;
}
