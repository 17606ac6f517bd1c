import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import type { OperationObject, ParameterObject, ReferenceObject, ResponseObject } from './openapi-parts.js';
import { ANSWER_HEADERS, headerRefs, REQUEST_HEADERS } from './api-headers.js';
import { schemaRules } from './body-rules.js';
import { closeObjects, listExamples, schemasUsedBy } from './openapi-schemas.js';
import { problemResponse, problemSchemas, schemaNameOf } from './problem-schemas.js';
import { problemsOf, PROBLEMS_WITHOUT_ROUTE } from './problems-of-routes.js';
import type { Route, RouteTable } from './route-table.js';
import { PROBLEMS } from '../problems.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * Adds to the document what follows from the routes themselves, so that no controller has to say it: who may call, the
 * problems of every route of its kind, headers that all have, limits of bodies, and the schemas of all problems.
 */
export function completeDocument(document: OpenAPIObject, routes: RouteTable, bodyBytesMax: number): OpenAPIObject {
  const components = (document.components ??= {});
  const schemas = (components.schemas ??= {});
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const route = routes.find(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'));
      if (item[method] && route) completeOperation(path, item[method], route, bodyBytesMax);
    }
  }
  for (const [name, rules] of schemaRules) if (schemas[name]) Object.assign(schemas[name], rules);
  const bodies = Object.values(document.paths).flatMap((item) => METHODS.map((method) => item[method]?.requestBody));
  for (const name of schemasUsedBy(bodies, schemas)) closeObjects(schemas[name]);
  components.headers = structuredClone(ANSWER_HEADERS);
  components.parameters = structuredClone(REQUEST_HEADERS);
  components.responses = Object.fromEntries(
    PROBLEMS_WITHOUT_ROUTE.map((code) => [schemaNameOf(code), problemResponse([code], PROBLEMS[code].status, '/v1')]),
  );
  for (const response of Object.values(components.responses)) addHeaders(response);
  const all = { ...schemas, ...problemSchemas() };
  const used = schemasUsedBy([document.paths, components.responses, refsOfEvents(routes)], all);
  components.schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  listExamples([components.schemas, components.headers, components.parameters, document.paths]);
  return document;
}

/** Events are no answers of their own to this document, but the typed client reads them too. */
function refsOfEvents(routes: RouteTable): ReferenceObject[] {
  const events = routes.all().flatMap(({ config }) => Object.values(config.events ?? {}));
  return events.map(({ payload }) => ({ $ref: getSchemaPath(payload) }));
}

function completeOperation(path: string, operation: OperationObject, route: Route, bodyBytesMax: number): void {
  operation.security = securityOf(route, operation);
  const { responses } = operation;
  for (const [status, codes] of problemsOf(route, operation)) {
    const documented = problemResponse(codes, status, examplePath(path, operation));
    responses[status] = { ...documented, headers: { ...documented.headers, ...headersOf(responses[status]) } };
  }
  for (const response of Object.values(responses)) addHeaders(response);
  operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/RequestId' }];
  if (operation.requestBody && 'content' in operation.requestBody) {
    const kib = (route.config.bodyBytesMax ?? bodyBytesMax) / 1024;
    const { content, description } = operation.requestBody;
    operation.requestBody.description = `${description ? `${description}. ` : ''}At most ${kib} KiB`;
    if (route.config.csv) content['text/csv'] = { schema: { type: 'string', example: 'label,row\nA-12,A\n' } };
  }
}

/** Of an open route nobody is asked who they are, unless it asks for a credential of its own. */
function securityOf({ config }: Route, { security = [] }: OperationObject): Record<string, string[]>[] {
  if (config.open) return security;
  const session = config.allow?.includes('admin') ? ['session'] : [];
  const kinds = [...(config.allow ?? []), ...session, ...(config.ticket ? ['ticket'] : [])];
  return kinds.map((kind) => (kind === 'anonymous' ? {} : { [kind]: [] }));
}

function addHeaders(response: ResponseObject | ReferenceObject | undefined): void {
  if (!response || '$ref' in response) return;
  response.headers = { ...headerRefs('X-Request-Id'), ...response.headers };
}

function headersOf(response: ResponseObject | ReferenceObject | undefined): ResponseObject['headers'] {
  return response && 'headers' in response ? response.headers : {};
}

/** The path with the examples of its parameters, as a problem's `instance` shows it. */
function examplePath(path: string, { parameters = [] }: OperationObject): string {
  const given = parameters.filter((each): each is ParameterObject => 'in' in each && each.in === 'path');
  return given.reduce((filled, { name, schema }) => {
    const example: unknown = schema && 'example' in schema ? schema.example : undefined;
    return typeof example === 'string' ? filled.replace(`{${name}}`, example) : filled;
  }, path);
}
