import fc from 'fast-check';
import { TEXTS, wild } from './values.js';

/** A change of a body: `at` counts through everything in it. */
export interface Change {
  kind: 'replace' | 'remove' | 'add' | 'double';
  at: number;
  value: unknown;
}

/** The one thing that is wrong with a request; more than one would only hide the rest behind the first refusal. */
export type Spoil =
  | { part: 'body'; changes: Change[] }
  | { part: 'query'; text: string }
  | { part: 'path'; at: number; segment: string }
  | { part: 'header'; name: string; value: string }
  | { part: 'caller'; caller: string }
  | { part: 'payload'; type: string | null; text: string }
  | { part: 'method'; method: string };

/** Segments of a path, as they stand in it. */
const SEGMENTS = [
  ...['%00', 'a%00', '%zz', '%', '%ED%A0%80', '%2F', '%2e%2e', '..', '.', '%20', '%F0%9F%98%80', '*', 'null', '-1'],
  ...[
    '__proto__',
    'constructor',
    'x'.repeat(2_000),
    'rsv_',
    'rsv_x',
    'sale_',
    'ord_%27',
    'sale_0',
    ';a=b',
    'a%3Fb',
    '%23',
  ],
  ...['rsv_'.padEnd(46, '0'), 'rsv_'.padEnd(200, 'A'), '', '//', '%C0%AF', '%FF', '1e3', '%0d%0aX-A:%201'],
];

const QUERIES = [
  ...[
    'limit=0',
    'limit=-1',
    'limit=1e2',
    'limit=101',
    'limit=99999999999999999999',
    'limit=',
    'limit=1&limit=2',
    'limit[]=1',
  ],
  ...['cursor=%00', 'cursor=AAAA', 'cursor=%F0%9F%98%80', 'cursor=%ff', 'cursor=eyJhIjoxfQ', 'cursor[a]=1', 'cursor='],
  ...[
    'customerId=%00',
    'customerId=a%00b',
    'customerId=',
    'customerId=%20a',
    'customerId=a&customerId=b',
    'customerId=%ED%A0%80',
  ],
  ...['saleId=%00', 'saleId=sale_x', 'status=%00', 'status=held', 'status=none', 'reason=%00', 'reason=', 'reason=%zz'],
  ...[
    '__proto__[a]=1',
    'constructor=1',
    'toString=1',
    '&&&',
    '=',
    '?',
    '%',
    'ticket=a.b.c',
    'ticket=%00',
    `reason=${'x'.repeat(3_000)}`,
  ],
];

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['prefer', ['wait=0', 'wait=-1', 'wait=1e9', 'wait', 'wait=1, respond-async', ';;;', 'wait="1"', 'x'.repeat(2_000)]],
  ['if-none-match', ['*', '"1"', 'W/"2"', '"', '1', '"1","2","3"', ',,,', '"99999999999999999999"']],
  ['idempotency-key', ['', ' ', 'a', 'x'.repeat(255), 'x'.repeat(256), 'é', '"quoted"', 'a\tb', '%00']],
  ['x-request-id', ['', 'a', 'x'.repeat(64), 'x'.repeat(65), 'no such', 'é', '__proto__']],
  ['last-event-id', ['', '0', '1', '-1', '1.5', 'abc', '99999999999999999999', 'NaN']],
  ['accept', ['text/html', 'application/xml', '*/*;q=0', 'text/event-stream', '']],
  ['accept-encoding', ['gzip', 'br;q=1', 'identity;q=0', '*']],
  ['content-encoding', ['gzip', 'deflate', 'br', 'identity', 'x']],
  ['origin', ['null', 'https://evil.example', 'file://']],
  ['x-forwarded-for', ['1.2.3.4', 'not an address', '::1, 2.3.4.5', '']],
  ['x-http-method-override', ['DELETE', 'PUT']],
  ['traceparent', ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-00', 'x', '']],
  ['tracestate', ['a=b', '===']],
  ['range', ['bytes=0-0']],
  ['if-modified-since', ['yesterday']],
  ['cookie', ['a=b; c', '=;;=']],
];

const DEEP = 30;
const PAYLOADS: readonly (readonly [string | null, readonly string[]])[] = [
  [
    'application/json',
    ['', ' ', '{', '{}', '[]', 'null', '1', '"a"', '{"a":1,}', "{'a':1}", '\ufeff{}', '{"a":NaN}', '{}{}'],
  ],
  [
    'application/json',
    [`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, '{"__proto__":{}}', '{"constructor":1}', '{"\\ud800":1}', '{"a":1e999}'],
  ],
  [
    'application/json',
    [JSON.stringify('x'.repeat(20_000)), JSON.stringify(['x'.repeat(3_000_000)]), '{"lines":[],"lines":1}'],
  ],
  ['application/json; charset=utf-8', ['{}', '']],
  ['application/json; charset=utf-16', ['{}']],
  ['application/json;', ['{}']],
  ['APPLICATION/JSON', ['{}']],
  ['application/vnd.api+json', ['{}']],
  ['application/merge-patch+json', ['{}']],
  ['application/problem+json', ['{}']],
  ['text/json', ['{}']],
  ['text/plain', ['hello', '{}', '']],
  [
    'text/csv',
    [
      'label,row\nA-1,A\n',
      'label\n',
      '',
      'x',
      '"',
      'label,label\na,b\n',
      'label\n\u0000\n',
      'label;row\na;b',
      '\ufefflabel\nZ-9\n',
    ],
  ],
  ['application/x-www-form-urlencoded', ['a=b', 'reason=x']],
  ['multipart/form-data; boundary=x', ['--x--']],
  ['application/octet-stream', ['\u0000\u0001']],
  ['nonsense', ['{}']],
  ['/', ['{}']],
  ['', ['{}']],
  [null, ['{}', 'a']],
];

/** Names of members that nobody documented. */
const EXTRA = ['extra', 'id', 'status', 'customerId', 'price', '', '$ref', 'a/b~c', 'toString', 'length', ...TEXTS];

const CALLERS = ['anonymous', 'buyer', 'another buyer', 'service', 'admin'];
export const WRONG_CALLERS = [
  ...[
    'an expired token',
    'a forged token',
    'a token for others',
    'a token without end',
    'an unsigned token',
    'a revoked key',
  ],
  ...['an unknown key', 'an empty key', 'a password', 'a long key', 'a broken token'],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change['kind']>('replace', 'replace', 'remove', 'add', 'double'),
  at: fc.nat(60),
  value: wild(),
});
const named = fc
  .constantFrom(...HEADERS)
  .chain(([name, values]) => fc.constantFrom(...values).map((value): Spoil => ({ part: 'header', name, value })));
const payload = fc
  .constantFrom(...PAYLOADS)
  .chain(([type, texts]) => fc.constantFrom(...texts).map((text): Spoil => ({ part: 'payload', type, text })));

export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }).map((changes): Spoil => ({ part: 'body', changes })),
  },
  { weight: 3, arbitrary: fc.constantFrom(...QUERIES).map((text): Spoil => ({ part: 'query', text })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(6), fc.constantFrom(...SEGMENTS))
      .map(([at, segment]): Spoil => ({ part: 'path', at, segment })),
  },
  { weight: 3, arbitrary: named },
  { weight: 2, arbitrary: payload },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...CALLERS, ...WRONG_CALLERS).map((caller): Spoil => ({ part: 'caller', caller })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...METHODS).map((method): Spoil => ({ part: 'method', method })) },
);

/** The body with these changes. Everything in it has a number, the body itself 0. */
export function changed(body: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((now, each) => changedOnce(now, each), body);
}

function changedOnce(body: unknown, { kind, at, value }: Change): unknown {
  const root = { body: structuredClone(body) };
  const places: { within: Record<string, unknown>; name: string }[] = [];
  const visit = (within: Record<string, unknown>, name: string): void => {
    places.push({ within, name });
    const here = within[name];
    if (typeof here === 'object' && here !== null)
      for (const member of Object.keys(here)) visit(here as Record<string, unknown>, member);
  };
  visit(root, 'body');
  const place = places[at % places.length];
  if (!place) return body;
  const { within, name } = place;
  const here = within[name];
  if (kind === 'replace') within[name] = value;
  if (kind === 'remove' && Array.isArray(within)) within.splice(Number(name), 1);
  else if (kind === 'remove') Reflect.deleteProperty(within, name);
  if (kind === 'double') within[name] = Array.isArray(here) ? [...here, ...here] : [here, here];
  if (kind === 'add' && Array.isArray(here)) here.push(value);
  else if (kind === 'add' && typeof here === 'object' && here !== null)
    Object.assign(here, { [EXTRA[at % EXTRA.length] ?? 'extra']: value });
  return root.body;
}
