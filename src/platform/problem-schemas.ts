import type { ResponseObject, SchemaObject } from './openapi-parts.js';
import { PROBLEM_MEMBERS } from '../problem-members.js';
import { type ProblemBody, type ProblemCode, problemBody, PROBLEMS } from '../problems.js';
import { headerRefs } from './api-headers.js';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];
const refOf = (code: ProblemCode): { $ref: string } => ({ $ref: `#/components/schemas/${schemaNameOf(code)}` });

/** `sold-out` → `SoldOutProblem`. */
export function schemaNameOf(code: ProblemCode): string {
  return `${code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Problem`;
}

/** One of these problems, told apart by `code`; as the type of a member, with `nullable` where there may be none. */
export function oneOfProblems(codes: readonly ProblemCode[]): Required<Pick<SchemaObject, 'oneOf' | 'discriminator'>> {
  const inOrder = CODES.filter((code) => codes.includes(code));
  const mapping = Object.fromEntries(inOrder.map((code) => [code, refOf(code).$ref]));
  return { oneOf: inOrder.map(refOf), discriminator: { propertyName: 'code', mapping } };
}

/** Every problem's schema by name. `instance` is told by whoever answers, so a stored problem has none. */
export function problemSchemas(): Record<string, SchemaObject> {
  return Object.fromEntries(CODES.map((code) => [schemaNameOf(code), problemSchema(code)]));
}

/** The answer of a status that means one of these problems, with an example of each. */
export function problemResponse(codes: readonly ProblemCode[], status: number, instance: string): ResponseObject {
  const inOrder = CODES.filter((code) => codes.includes(code));
  const [only] = inOrder;
  const schema = inOrder.length === 1 && only ? refOf(only) : oneOfProblems(inOrder);
  const examples = inOrder.map((code) => [
    code,
    { summary: PROBLEMS[code].title, value: { ...exampleOf(code), status, instance } },
  ]);
  return {
    description: inOrder.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join(' · '),
    ...(status === 401 ? { headers: headerRefs('WWW-Authenticate') } : {}),
    ...(status === 405 ? { headers: headerRefs('Allow') } : {}),
    ...(status === 429 || status === 503 ? { headers: headerRefs('Retry-After') } : {}),
    content: {
      'application/problem+json': {
        schema,
        examples: Object.fromEntries(examples) as Record<string, { summary: string; value: ProblemBody }>,
      },
    },
  };
}

function problemSchema(code: ProblemCode): SchemaObject {
  const { type, title, status } = problemBody(code, '');
  const members = Object.entries(PROBLEM_MEMBERS[code]?.members ?? {});
  const needed = members.filter(([, { optional }]) => !optional).map(([name]) => name);
  // In a body, what a path would answer with 404 is a 422; broken HTTP has statuses of its own.
  const statuses = { 'sku-not-found': [404, 422], 'malformed-request': [400, 408, 431] } as Partial<
    Record<ProblemCode, number[]>
  >;
  return {
    type: 'object',
    title: schemaNameOf(code),
    description: `${title} (RFC 9457)`,
    properties: {
      type: { type: 'string', enum: [type] },
      title: { type: 'string', enum: [title] },
      status: { type: 'integer', enum: statuses[code] ?? [status] },
      detail: { type: 'string', description: 'For a person: what is wrong, and what to do' },
      instance: { type: 'string', description: 'The path of the request; a stored problem has none' },
      code: { type: 'string', enum: [code], description: 'For a program' },
      ...Object.fromEntries(
        members.map(([name, { schema, description }]) => [name, { ...schema, ...(description && { description }) }]),
      ),
    },
    required: ['type', 'title', 'status', 'detail', 'code', ...needed],
    example: exampleOf(code),
  };
}

function exampleOf(code: ProblemCode): ProblemBody {
  const { detail = `${PROBLEMS[code].title}.`, members = {} } = PROBLEM_MEMBERS[code] ?? {};
  const shown = Object.entries(members).filter(([name, { optional }]) => !optional || name === 'retryAfterSeconds');
  return problemBody(code, detail, Object.fromEntries(shown.map(([name, { example }]) => [name, example])));
}
