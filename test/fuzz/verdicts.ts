import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Contract } from '../conformance/contract.js';
import type { Operation } from './api-operations.js';
import type { Sent } from './requests.js';
import type { Answered } from './wire.js';

/** What of our inside no caller may see. */
const INSIDE = /node_modules|\n\s+at \w|PrismaClient|\bpg_\w+|ioredis|ECONN|SELECT .{1,80} FROM|\.lua\b/;
const COUNTS = ['available', 'held', 'checkout', 'sold', 'blocked'] as const;

/** Whether an answer is what the document and the promises say; what it shows of the document is counted. */
export class Verdicts {
  readonly seen = new Map<string, number>();
  readonly promised: number;
  private readonly contract: Contract;
  private readonly bodies = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv2020({ strict: false });

  constructor(document: OpenAPIObject) {
    this.contract = new Contract(document);
    this.promised = this.contract.promised().length;
    // @ts-expect-error the module is CommonJS: here, as for Node, its default is the function itself
    addFormats(this.ajv);
    this.ajv.addSchema(document, 'requests');
  }

  /** Throws what is wrong with the answer. */
  judge(operation: Operation, sent: Sent, answered: Answered): void {
    const { status, headers, text } = answered;
    // Of these the server's parser knows nothing, or they have no body of ours.
    const { method, path } = sent;
    const shown = this.contract.judge({ method, path, status, headers, text });
    if (shown) this.count(`${shown.operation} ${shown.status}${shown.code ? ` ${shown.code}` : ''}`);
    if (status >= 500) throw new Error(`answered ${status}: ${text.slice(0, 500)}`);
    const isJson = /[/+]json/.test(String(headers['content-type']));
    if (isJson && INSIDE.test(text)) throw new Error(`tells of our inside: ${INSIDE.exec(text)?.[0]}`);
    if (status < 300 && shown?.operation === operation.id) this.accepted(operation, sent);
    if (isJson) addUp(JSON.parse(text || 'null'));
  }

  private count(answer: string): void {
    this.seen.set(answer, (this.seen.get(answer) ?? 0) + 1);
  }

  /** What the document refuses must not have been taken. */
  private accepted({ id, path, method, body }: Operation, { payload, headers }: Sent): void {
    if (!body || !/^application\/json/i.test(headers['content-type'] ?? '')) return;
    let validator = this.bodies.get(id);
    if (!validator) {
      const pointer = [path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
      const at = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
      validator = this.ajv.compile({ $ref: `requests#/paths/${at}` });
      this.bodies.set(id, validator);
    }
    if (payload === undefined || payload === '' || validator(JSON.parse(payload))) return;
    const said = (validator.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    throw new Error(`takes a body that the document refuses: ${said.join('; ')}`);
  }
}

/** Available + held + checkout + sold + blocked = capacity, wherever an answer tells all of them. */
function addUp(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const numbers = value as Record<string, unknown>;
  const parts = COUNTS.map((name) => numbers[name]).filter((each) => typeof each === 'number');
  if (parts.length === COUNTS.length && typeof numbers['capacity'] === 'number') {
    const sum = parts.reduce((total, each) => total + each, 0);
    if (sum !== numbers['capacity'] || parts.some((each) => each < 0))
      throw new Error(
        `the books do not add up: ${COUNTS.map((name, at) => `${name} ${parts[at] ?? '?'}`).join(', ')}, capacity ${numbers['capacity']}`,
      );
  }
  for (const each of Object.values(value)) addUp(each);
}
