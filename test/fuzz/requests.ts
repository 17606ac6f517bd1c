import type { Known } from './known.js';
import { changed, type Spoil } from './spoils.js';
import type { Step } from './walks.js';

export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

type Credentials = Readonly<Record<string, string | null>>;

/** The request of a step, now that it is known what the answers before it have told. */
export function requestOf(step: Step, known: Known, credentials: Credentials): Sent {
  const { operation, spoil } = step;
  const given = known.told(step.parameters) as Record<string, unknown>;
  const of = (where: string): [string, unknown][] =>
    operation.parameters.flatMap(({ name, in: place }) =>
      place === where && given[name] !== undefined ? [[name, given[name]]] : [],
    );
  const body = bodyOf(step, known);
  const credential = credentials[spoil?.part === 'caller' ? spoil.caller : step.caller] ?? null;
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...Object.fromEntries(of('header').map(([name, value]) => [name.toLowerCase(), headerText(value)])),
    ...(credential !== null && { authorization: credential }),
    ...(spoil?.part === 'header' && { [spoil.name]: headerText(spoil.value) }),
  };
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const path = `${pathOf(step, Object.fromEntries(of('path')))}${queryOf(of('query'), spoil)}`;
  const sent = { method: spoil?.part === 'method' ? spoil.method : operation.method, path, headers, payload };
  return spoil?.part === 'payload' ? withPayload(sent, spoil) : sent;
}

/** A body that is not documented is sent where one is to be changed: it must be refused or have no effect. */
function bodyOf({ body, spoil, operation }: Step, known: Known): unknown {
  const told = body === undefined ? undefined : known.told(body);
  if (spoil?.part !== 'body') return told;
  const before = told ?? (operation.method === 'GET' ? undefined : {});
  return before === undefined ? undefined : changed(before, spoil.changes);
}

function withPayload({ headers, ...sent }: Sent, { type, text }: { type: string | null; text: string }): Sent {
  const others = Object.entries(headers).filter(([name]) => name !== 'content-type');
  return {
    ...sent,
    headers: { ...Object.fromEntries(others), ...(type !== null && { 'content-type': type }) },
    payload: text,
  };
}

function pathOf({ operation, spoil }: Step, parameters: Record<string, unknown>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encoded(parameters[name]));
  if (spoil?.part !== 'path') return path;
  const segments = path.split('/');
  const at = spoil.at % segments.length;
  // Parameters are what a path is mostly wrong in; one more segment at its end is another mistake.
  const parameter = operation.path.split('/').findIndex((segment) => segment.startsWith('{'));
  if (parameter > 0 && at % 2 === 0) segments[parameter] = spoil.segment;
  else if (at === 1) segments.push(spoil.segment);
  else segments[Math.max(at, 1)] = spoil.segment;
  return segments.join('/');
}

function queryOf(parameters: [string, unknown][], spoil: Spoil | null): string {
  const parts = parameters.map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  if (spoil?.part === 'query') parts.push(spoil.text);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** As it stands in a URL. Half a character, which has no UTF-8, goes as the bytes that it would have. */
function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Array.from(text, (char) => (/^[\ud800-\udfff]$/.test(char) ? '%ED%A0%80' : encodeURIComponent(char))).join('');
}

/** What a header can carry of a value: bytes, but none that would end it. */
function headerText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

/** The request as a command to paste. */
export function curlOf(url: string, { method, path, headers, payload }: Sent): string {
  const quoted = (text: string): string =>
    /[^\x20-\x7e]/.test(text)
      ? `$'${Array.from(Buffer.from(text), escapedByte).join('')}'`
      : `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = [
    'curl',
    '-sS',
    '-i',
    '--path-as-is',
    '--globoff',
    method === 'HEAD' ? '--head' : `-X ${method}`,
    quoted(`${url}${path}`),
  ];
  for (const [name, value] of Object.entries(headers))
    parts.push('-H', quoted(value === '' ? `${name};` : `${name}: ${value}`));
  if (payload !== undefined) {
    if (!('content-type' in headers)) parts.push('-H', "'content-type:'");
    parts.push(
      '--data-binary',
      quoted(payload.length > 4_000 ? `${payload.slice(0, 4_000)}… (${payload.length} characters)` : payload),
    );
  }
  return parts.join(' ');
}

const escapedByte = (byte: number): string =>
  byte < 0x20 || byte > 0x7e || byte === 0x27 || byte === 0x5c
    ? `\\x${byte.toString(16).padStart(2, '0')}`
    : String.fromCharCode(byte);
