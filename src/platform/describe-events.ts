import type { OpenAPIObject } from '@nestjs/swagger';
import { getSchemaPath } from '@nestjs/swagger';
import type { DocumentedEvent, DocumentedEvents } from './documented-events.js';
import { schemasUsedBy, visitNodes } from './openapi-schemas.js';
import type { OperationObject, ParameterObject } from './openapi-parts.js';
import type { RouteTable } from './route-table.js';

const DESCRIPTION = `
What Holdfast tells by itself: streams of server-sent events (the HTML standard, 9.2), each the answer to a \`GET\` of its address,
on the server that this document came from. In a message, \`headers\` are the fields \`event\` and \`id\` of the event, the payload is the JSON of its
one line of \`data\`.

**Reading.** With \`fetch\` and the credentials of any other request; from \`EventSource\`, which can send none, with a ticket where a stream takes one.
A comment at least every 15 s shows that the connection lives. A reader that leaves 256 KiB unread is dropped.

**Coming back.** A stream that the server ends says why in \`event: end\`; one that breaks off says nothing. After any reason but \`final\`, ask again, with the
last \`id\` as \`Last-Event-ID\` where the stream has them. Refusals are the problems of the OpenAPI document, \`/openapi.json\`, whose operations have the
same names. Payloads may gain members, so ignore those you do not know.
`.trim();

type Part = Record<string, unknown>;

/** The AsyncAPI 3.0 document of every stream among the routes, with the schemas and credentials of the OpenAPI document. */
export interface EventDocument {
  readonly asyncapi: '3.0.0';
  readonly info: Part;
  readonly defaultContentType: string;
  readonly channels: Record<string, Part>;
  readonly operations: Record<string, Part>;
  readonly components: { readonly schemas: Record<string, unknown>; readonly securitySchemes: Record<string, Part> };
}

export function createEventDocument(api: OpenAPIObject, routes: RouteTable): EventDocument {
  const channels: Record<string, Part> = {};
  const operations: Record<string, Part> = {};
  for (const [path, { get: operation }] of Object.entries(api.paths)) {
    const events = routes.find('GET', path.replaceAll(/\{(\w+)\}/g, ':$1'))?.config.events;
    if (!operation?.operationId || !events) continue;
    const channel = channelNameOf(operation.operationId);
    channels[channel] = channelOf(path, operation, events);
    operations[operation.operationId] = operationOf(channel, operation, events);
  }
  const { title, version, license } = api.info;
  return {
    asyncapi: '3.0.0',
    info: { title: `${title} events`, version, description: DESCRIPTION, ...(license && { license }) },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { schemas: schemasOf(channels, api), securitySchemes: securitySchemesOf(operations, api) },
  };
}

/** `streamSaleEvents` → `saleEvents`. */
function channelNameOf(operationId: string): string {
  const rest = operationId.replace(/^stream/, '');
  return rest.charAt(0).toLowerCase() + rest.slice(1);
}

function channelOf(address: string, operation: OperationObject, events: DocumentedEvents): Part {
  const inPath = parametersOf(operation, 'path').map(({ name, description, schema }) => [
    name,
    { description, examples: schema && 'examples' in schema ? schema.examples : [] },
  ]);
  return {
    address,
    title: operation.summary,
    description: operation.description,
    ...(inPath.length > 0 && { parameters: Object.fromEntries(inPath) as Part }),
    messages: Object.fromEntries(Object.entries(events).map(([name, event]) => [name, messageOf(name, event)])),
  };
}

function messageOf(name: string, { payload, summary, example, id, where }: DocumentedEvent): Part {
  const ref = { $ref: getSchemaPath(payload) };
  const always = Object.entries(where ?? {}).map(([member, value]) => [member, { const: value as unknown }]);
  const idSchema = id && { type: 'string', description: id.description, pattern: id.pattern, examples: [id.example] };
  return {
    name,
    summary,
    headers: {
      type: 'object',
      properties: { event: { type: 'string', const: name }, ...(idSchema && { id: idSchema }) },
      required: ['event', ...(id && !id.optional ? ['id'] : [])],
    },
    payload: where ? { allOf: [ref, { type: 'object', properties: Object.fromEntries(always) as Part }] } : ref,
    examples: [{ name, headers: { event: name, ...(id && { id: id.example }) }, payload: example }],
  };
}

function operationOf(channel: string, operation: OperationObject, events: DocumentedEvents): Part {
  const { summary, description, tags = [], security = [] } = operation;
  const query = parametersOf(operation, 'query');
  const [resume] = parametersOf(operation, 'header').filter(({ name }) => name === 'Last-Event-ID');
  // AsyncAPI has no word for "or with none": a stream that is open to everybody names no credentials.
  const schemes = security.some((each) => Object.keys(each).length === 0) ? [] : security.flatMap(Object.keys);
  return {
    action: 'send',
    channel: { $ref: `#/channels/${channel}` },
    title: summary,
    description: `${description ?? ''}${resume ? ` **Last-Event-ID**: ${resume.description ?? ''}.` : ''}`,
    tags: tags.map((name) => ({ name })),
    ...(schemes.length > 0 && {
      security: schemes.map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
    }),
    bindings: { http: { method: 'GET', ...(query.length > 0 && { query: queryOf(query) }), bindingVersion: '0.3.0' } },
    messages: Object.keys(events).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}

function queryOf(parameters: readonly ParameterObject[]): Part {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

function parametersOf({ parameters = [] }: OperationObject, where: string): ParameterObject[] {
  return parameters.filter((each): each is ParameterObject => 'in' in each && each.in === where);
}

/** `discriminator` is an object in OpenAPI and a name in AsyncAPI; the schemas that it tells apart differ in a constant anyway. */
function schemasOf(channels: Part, { components = {} }: OpenAPIObject): Record<string, unknown> {
  const all = components.schemas ?? {};
  const used = schemasUsedBy(Object.values(channels), all);
  const schemas = structuredClone(Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))));
  visitNodes(schemas, (node) => {
    if (typeof node['discriminator'] === 'object') delete node['discriminator'];
  });
  return schemas;
}

/** An `apiKey` of OpenAPI is an `httpApiKey` here. */
function securitySchemesOf(operations: Record<string, Part>, { components = {} }: OpenAPIObject): Record<string, Part> {
  const used = JSON.stringify(Object.values(operations).map(({ security }) => security));
  return Object.fromEntries(
    Object.entries(components.securitySchemes ?? {})
      .filter(([name]) => used.includes(`/${name}"`))
      .map(([name, scheme]) => {
        const isKey = 'type' in scheme && scheme.type === 'apiKey';
        return [name, isKey ? { ...scheme, type: 'httpApiKey' } : { ...scheme }];
      }),
  );
}
