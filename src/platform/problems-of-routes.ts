import type { OperationObject, ParameterObject, ReferenceObject } from './openapi-parts.js';
import { type ProblemCode, PROBLEMS } from '../problems.js';
import type { Route } from './route-table.js';

/** Answers that belong to no route: they come before one is found, or instead of one. */
export const PROBLEMS_WITHOUT_ROUTE: readonly ProblemCode[] = [
  'too-many-requests',
  'unauthorized',
  'route-not-found',
  'method-not-allowed',
  'malformed-request',
  'store-unavailable',
  'internal',
];

/** Callers with credentials; who brings some that a route does not name is forbidden. */
const KNOWN_CALLERS = ['buyer', 'service', 'admin'];

/** The problems of a route by status: those it names and those that follow from the kind of route it is. */
export function problemsOf(route: Route, operation: OperationObject): Map<number, ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const problem of [...implied(route, operation), ...(route.config.problems ?? [])]) {
    const [code, status] = typeof problem === 'string' ? [problem, PROBLEMS[problem].status] : problem;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function implied({ method, config }: Route, { parameters = [], requestBody }: OperationObject): ProblemCode[] {
  const codes: ProblemCode[] = ['internal'];
  // Whoever brings credentials has them checked, also where none are needed; keys are looked up in Postgres.
  if (!config.open) codes.push('too-many-requests', 'unauthorized', 'store-unavailable');
  if (config.allow && !KNOWN_CALLERS.every((kind) => config.allow?.includes(kind))) codes.push('forbidden');
  // A body is read, and refused when it cannot be, also where none is wanted.
  if (method !== 'GET') codes.push('malformed-request', 'unsupported-media-type', 'body-too-large');
  if (requestBody || parameters.some(isValidated)) codes.push('invalid-request');
  return codes;
}

/** Queries are validated by their classes; a part of the path only where it is documented with a form. */
function isValidated(parameter: ParameterObject | ReferenceObject): boolean {
  if (!('in' in parameter)) return false;
  return parameter.in === 'query' || (parameter.in === 'path' && 'pattern' in (parameter.schema ?? {}));
}
