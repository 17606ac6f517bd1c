import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { OperationObject, ResponseObject } from '../../src/platform/openapi-parts.js';
import { PATH_PARAMETER_MAX } from '../../src/platform/http-server.js';
import { closeObjects } from '../../src/platform/openapi-schemas.js';
import { problemSchemas, schemaNameOf } from '../../src/platform/problem-schemas.js';
import { PROBLEMS_WITHOUT_ROUTE } from '../../src/platform/problems-of-routes.js';
import { ANSWER_HEADERS } from '../../src/platform/api-headers.js';
import { type ProblemCode, PROBLEMS } from '../../src/problems.js';

export interface Exchange {
  method: string;
  /** With its query, if it has one. */
  path: string;
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

/** What the exchange showed of the document: an operation's answer, and the code where it is a problem. */
export interface Seen {
  operation: string;
  status: number;
  code: string | null;
}

interface Documented {
  readonly name: string;
  readonly pattern: RegExp;
  readonly path: string;
  readonly method: string;
  readonly operation: OperationObject;
}

const PROBLEM = 'application/problem+json';
/** The documentation's own pages are not part of the document, nor is the demo shop. */
const OUTSIDE = /^\/(?:docs(?:\/|$)|openapi\.json$|asyncapi\.json$|demo\/|shop(?:\/|$))/;
const pointer = (...parts: (string | number)[]): string =>
  parts.map((part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** The document as a judge of answers. Schemas are compiled at their first use; objects are closed, so that a member which nobody documented is a fault. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly operations: Documented[];
  private readonly validators = new Map<string, ValidateFunction>();

  /** `own`: a path of a test's own controller, of which only what holds for every answer is asked. */
  constructor(
    private readonly document: OpenAPIObject,
    private readonly own?: string,
  ) {
    const closed = structuredClone(document);
    // A test's own controller may answer what the API does not.
    const schemas = { ...problemSchemas(), ...closed.components?.schemas };
    closed.components = { ...closed.components, schemas };
    closeObjects(closed);
    // @ts-expect-error the module is CommonJS: here, as for Node, its default is the function itself
    addFormats(this.ajv);
    this.ajv.addSchema(closed, 'doc');
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
        const operation = item[method];
        const pattern = new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
        return operation
          ? [{ name: operation.operationId ?? `${method} ${path}`, pattern, path, method, operation }]
          : [];
      }),
    );
  }

  /** Every answer that the document promises. */
  promised(): Seen[] {
    return this.operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses).flatMap(([status, response]) => {
        const codes = response && !('$ref' in response) ? codesOf(response) : [];
        return (codes.length > 0 ? codes : [null]).map((code) => ({ operation: name, status: Number(status), code }));
      }),
    );
  }

  /** What the answer shows; throws what of it the document does not say. */
  judge(exchange: Exchange): Seen | null {
    const path = exchange.path.split('?', 1)[0] ?? '';
    // A browser's question before it asks is answered for any path.
    if (OUTSIDE.test(path) || exchange.method === 'OPTIONS') return null;
    const method = exchange.method === 'HEAD' ? 'get' : exchange.method.toLowerCase();
    const routes = this.operations.filter((each) => each.method === method && each.pattern.test(path));
    // Of two that fit, the one with fewer parameters is the one that the router takes.
    const [documented] = routes.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
    const code = exchange.headers['content-type']?.toString().startsWith(PROBLEM) ? this.problem(exchange) : null;
    if (!documented || !isReadable(path)) return this.unrouted(exchange, code);
    if (this.own !== undefined && documented.path.startsWith(this.own))
      return { operation: '*', status: exchange.status, code };
    const response = documented.operation.responses[exchange.status];
    if (!response || '$ref' in response)
      throw new Error(`${documented.name} does not document the status ${exchange.status} ${code ?? ''}`);
    this.headers(exchange, response);
    this.body(exchange, response, documented, code);
    return { operation: documented.name, status: exchange.status, code };
  }

  /** A problem's body, whoever answers it: its schema by its code, its status, the path it names. */
  private problem({ text, status, path, method }: Exchange): string | null {
    if (method === 'HEAD') return null;
    const body = JSON.parse(text) as { code: string; status: number; instance?: string };
    if (!(body.code in PROBLEMS)) throw new Error(`${body.code} is no code of problems.ts`);
    const name = schemaNameOf(body.code as ProblemCode);
    this.validate(body, pointer('components', 'schemas', name));
    if (body.status !== status) throw new Error(`the body says ${body.status}, the answer ${status}`);
    if (body.instance !== path.split('?', 1)[0]) throw new Error(`instance is ${body.instance}, the path ${path}`);
    return body.code;
  }

  private unrouted({ status, method }: Exchange, code: string | null): Seen {
    // An answer to HEAD has no body to name its problem.
    const known = PROBLEMS_WITHOUT_ROUTE.some((each) =>
      method === 'HEAD' ? PROBLEMS[each].status === status : each === code,
    );
    if (!known) throw new Error(`answered ${status} ${code ?? ''} though the document has no such operation`);
    return { operation: '-', status, code };
  }

  private headers({ headers }: Exchange, response: ResponseObject): void {
    const documented = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
    const shared = this.document.components?.headers ?? {};
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const described = '$ref' in header ? shared[name] : header;
      const required = described && 'required' in described && described.required;
      const value = headers[name.toLowerCase()];
      if (value === undefined && required) throw new Error(`the header ${name} is missing`);
    }
    for (const name of Object.keys(ANSWER_HEADERS).map((each) => each.toLowerCase())) {
      if (headers[name] !== undefined && !documented.includes(name))
        throw new Error(`the header ${name} is not documented of this answer`);
    }
  }

  private body(exchange: Exchange, response: ResponseObject, documented: Documented, code: string | null): void {
    const { text, headers, status, method } = exchange;
    if (method === 'HEAD') return;
    const types = Object.keys(response.content ?? {});
    const type = headers['content-type']?.toString().split(';', 1)[0];
    if (types.length === 0) {
      if (text !== '') throw new Error(`no body is documented, but there is one: ${text.slice(0, 200)}`);
      return;
    }
    if (type === undefined || !types.includes(type)) throw new Error(`${type} is not among ${types.join(', ')}`);
    if (code !== null && !codesOf(response).includes(code))
      throw new Error(`${documented.name} does not document the problem ${code} with the status ${status}`);
    if (!/[/+]json$/.test(type)) return;
    const at = pointer('paths', documented.path, documented.method, 'responses', status, 'content', type, 'schema');
    this.validate(JSON.parse(text), at);
  }

  private validate(body: unknown, at: string): void {
    let validator = this.validators.get(at);
    if (!validator) {
      validator = this.ajv.compile({ $ref: `doc#${at}` });
      this.validators.set(at, validator);
    }
    if (validator(body)) return;
    const said = (validator.errors ?? []).map(sentenceOf).join('; ');
    throw new Error(`the body is not as documented: ${said}\n${JSON.stringify(body).slice(0, 2000)}`);
  }
}

function codesOf({ content }: ResponseObject): string[] {
  return Object.keys(content?.[PROBLEM]?.examples ?? {});
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
  return `${instancePath || 'it'} ${message ?? ''}${extra}`;
}

/** The server's own rule for paths: UTF-8, and no part of an absurd length. */
function isReadable(path: string): boolean {
  try {
    return path.split('/').every((part) => decodeURIComponent(part).length <= PATH_PARAMETER_MAX);
  } catch {
    return false;
  }
}
