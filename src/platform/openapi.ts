import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { completeDocument } from './complete-document.js';
import { describeApi } from './describe-api.js';
import { createEventDocument } from './describe-events.js';
import { BODY_BYTES_MAX } from './http-server.js';
import { RouteTable } from './route-table.js';
import { DOCUMENTATION_HEADERS } from './security-headers.js';

const DOCUMENT_PATH = 'openapi.json';
const EVENTS_PATH = 'asyncapi.json';
const UI_PATH = 'docs';
/** Swagger's own bar, and the column for links, which we have none of and which is too much for a phone. */
const NOT_SHOWN = '.swagger-ui .topbar, .swagger-ui .response-col_links { display: none }';

/** Gives the documentation's routes their traits as they are registered. Comes before whatever reads traits. */
export function markDocumentation(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (route.url === `/${DOCUMENT_PATH}`) route.config = { ...route.config, open: true };
    if (route.url !== `/${UI_PATH}` && !route.url.startsWith(`/${UI_PATH}/`)) return;
    route.config = { ...route.config, open: true, headers: DOCUMENTATION_HEADERS };
  });
}

/**
 * The OpenAPI 3.1 document at /openapi.json and a page for it at /docs; the AsyncAPI 3 document of the event streams at
 * /asyncapi.json. Both are made from the code at their first reading.
 */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup(UI_PATH, app, () => createDocument(app), {
    jsonDocumentUrl: DOCUMENT_PATH,
    raw: ['json'],
    customSiteTitle: 'Holdfast API',
    customCss: NOT_SHOWN,
  });
  let events: string | undefined;
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  server.get(`/${EVENTS_PATH}`, { config: { open: true } }, (_request, reply) => {
    events ??= JSON.stringify(createEventDocument(createDocument(app), app.get(RouteTable)));
    return reply.type('application/json; charset=utf-8').send(events);
  });
}

/** The document as an object, for the route and for the tests that compare it with the code and with every answer. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const routes = app.get(RouteTable);
  return completeDocument(SwaggerModule.createDocument(app, describeApi()), routes, BODY_BYTES_MAX);
}
