import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { DOCUMENTATION_HEADERS } from './security-headers.js';

const DOCUMENT_PATH = 'openapi.json';
const UI_PATH = 'docs';

/** Gives the documentation's routes their traits as they are registered. Comes before whatever reads traits. */
export function markDocumentation(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (route.url === `/${DOCUMENT_PATH}`) route.config = { ...route.config, open: true };
    if (route.url !== `/${UI_PATH}` && !route.url.startsWith(`/${UI_PATH}/`)) return;
    route.config = { ...route.config, open: true, headers: DOCUMENTATION_HEADERS };
  });
}

/** The OpenAPI 3.1 document at /openapi.json, made from the code at its first reading, and a page for it at /docs. */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup(UI_PATH, app, () => createDocument(app), {
    jsonDocumentUrl: DOCUMENT_PATH,
    raw: ['json'],
    customSiteTitle: 'Holdfast API',
  });
}

/** The document as an object, for the route and for the test that compares it with the table of problems. */
export function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Holdfast')
    .setDescription(
      'Sells a limited number of units to far more buyers than there are units, and never the same unit twice.',
    )
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: "A buyer's token (a JWT of the shop's) or an API key (`hf_sk_…`)",
    })
    .build();
  return SwaggerModule.createDocument(app, description);
}
