import type { OpenAPIObject } from '@nestjs/swagger';
import { compare } from '../conformance/answers.js';
import { Contract } from '../conformance/contract.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { TEST_JWT_SECRET } from '../settings.js';
import { type ApiDocument, type Operation, operationsOf } from './api-operations.js';
import { credentialsOf } from './callers.js';
import { Wire } from './wire.js';

const METRICS_TOKEN = 'a-token-that-only-the-table-knows';
const JSON_TYPE = 'application/json';
/** More than any route takes. */
const HUGE = JSON.stringify('x'.repeat(9 * 1024 * 1024));

let site: Site;
let wire: Wire;
let contract: Contract;
let operations: Operation[];
let credentials: Record<string, string | null>;
beforeAll(async () => {
  site = await Site.all({ env: { METRICS_TOKEN } });
  wire = new Wire(site.url);
  const { text } = await wire.send({ method: 'GET', path: '/openapi.json', headers: {}, payload: undefined });
  contract = new Contract(JSON.parse(text) as OpenAPIObject);
  operations = operationsOf(JSON.parse(text) as ApiDocument);
  const keys = { adminKey: ADMIN_KEY, storefrontKey: STOREFRONT_KEY, jwtSecret: TEST_JWT_SECRET };
  credentials = await credentialsOf(wire, { ...keys, metricsToken: METRICS_TOKEN });
});
afterAll(async () => {
  wire.close();
  await site.close();
});

interface Given {
  caller?: string | undefined;
  method?: string;
  type?: string;
  payload?: string;
  query?: string;
}

/** `status code` of a request to the operation's path, whose ids are nobody's. */
async function meet({ id, method, path, callers }: Operation, given: Given): Promise<string> {
  const authorization = credentials[given.caller ?? callers.find((kind) => kind !== 'ticket') ?? ''] ?? null;
  const { type, payload, query = '' } = given;
  const headers = {
    ...(authorization !== null && { authorization }),
    ...(type !== undefined && { 'content-type': type }),
  };
  const sent = {
    method: given.method ?? method,
    path: `${path.replaceAll(/\{\w+\}/g, 'nobody')}${query}`,
    headers,
    payload,
  };
  const { status, text, headers: told } = await wire.send(sent);
  compare(contract, { method: sent.method, path: sent.path, status, headers: told, text });
  const { code = '' } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string };
  return `${id}: ${status} ${code}`;
}

async function expectAll(
  of: (operation: Operation) => boolean,
  given: (operation: Operation) => Given,
  answer: string,
): Promise<void> {
  const chosen = operations.filter(of);
  expect(chosen.length).toBeGreaterThan(0);
  const met: string[] = [];
  for (const operation of chosen) met.push(await meet(operation, given(operation)));
  expect(met).toEqual(chosen.map(({ id }) => `${id}: ${answer}`));
}

const asksWho = ({ path }: Operation): boolean => !path.startsWith('/health');
const ofApi = ({ path }: Operation): boolean => path.startsWith('/v1');
const reads = ({ method }: Operation): boolean => method === 'GET';
const takesBody = ({ body }: Operation): boolean => body !== null;

describe('an answer that follows from the kind of route is given by every operation of it', () => {
  it.each(['a broken token', 'an expired token', 'a forged token', 'a token for others', 'a token without end'])(
    '401 to %s',
    (caller) => expectAll(asksWho, () => ({ caller }), '401 unauthorized'),
  );
  it.each(['an unsigned token', 'a revoked key', 'an unknown key', 'an empty key', 'a password', 'a long key'])(
    '401 to %s',
    (caller) => expectAll(asksWho, () => ({ caller }), '401 unauthorized'),
  );

  it('401 to nobody, where nobody may', () =>
    expectAll(
      ({ callers }) => !callers.includes('anonymous'),
      () => ({ caller: 'nobody' }),
      '401 unauthorized',
    ));

  it.each(['buyer', 'service', 'admin'])('403 to %s, where others may', (caller) =>
    expectAll(
      (operation) =>
        ofApi(operation) && !operation.callers.includes(caller) && !operation.callers.includes('anonymous'),
      () => ({ caller }),
      '403 forbidden',
    ),
  );

  it.each(['TRACE', 'PROPFIND', 'PUT', 'PATCH', 'DELETE', 'POST'])(
    '405 to %s, where it is not documented',
    (method) => {
      // A scraper's token is one of /metrics alone, and its other methods belong to nobody.
      const taken = new Set(operations.filter((each) => each.method === method).map(({ path }) => path));
      return expectAll(
        ({ path }) => path !== '/metrics' && !taken.has(path),
        () => ({ method }),
        '405 method-not-allowed',
      );
    },
  );

  it.each([
    ['that is no JSON', '{"a":'],
    ['that is nothing but a space', ' '],
    ['with a forbidden name', '{"a":{"__proto__":1}}'],
    ['without a bottom', `${'['.repeat(60)}${']'.repeat(60)}`],
  ])('400 to a body %s', (_what, payload) =>
    expectAll(
      (operation) => !reads(operation),
      () => ({ type: JSON_TYPE, payload }),
      '400 malformed-request',
    ),
  );

  it('413 to a body larger than any', () =>
    expectAll(
      (operation) => !reads(operation),
      () => ({ type: JSON_TYPE, payload: HUGE }),
      '413 body-too-large',
    ));

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/vnd.api+json', 'nonsense'])(
    '415 to %s',
    (type) =>
      expectAll(
        (operation) => !reads(operation),
        () => ({ type, payload: 'a=b' }),
        '415 unsupported-media-type',
      ),
  );

  it.each([
    ['with a member that is not documented', '{"nobodyKnowsThis":1}'],
    ['that is a list', '[]'],
    ['that is a text', '"a"'],
    ['that is null', 'null'],
  ])('422 to a body %s', (_what, payload) =>
    expectAll(takesBody, () => ({ type: JSON_TYPE, payload }), '422 invalid-request'),
  );

  it('422 to a parameter of the query that is not documented, where others are', () =>
    expectAll(
      ({ parameters }) => parameters.some((parameter) => parameter.in === 'query'),
      () => ({ query: '?nobodyKnowsThis=1' }),
      '422 invalid-request',
    ));
});
