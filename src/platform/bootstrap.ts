import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from './config.js';
import { allowOrigins } from './cors.js';
import { HttpMetrics } from './http-metrics.js';
import { traceRequests } from './http-tracing.js';
import { createAdapter, installHooks } from './http-server.js';
import { Log, NestLogger, rootLogger } from './logging.js';
import { markDocumentation, serveDocumentation } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { Readiness } from './readiness.js';
import { Refusals } from './refusals.js';
import { RouteTable } from './route-table.js';
import { Tracing } from './tracing.js';
import { RequestValidation } from './validation.js';

/**
 * Connections that may wait to be accepted. With Node's own 511 a crowd that comes at once is turned away by the kernel
 * and knocks again after 1, 3 and 7 s: in a rehearsal one buyer in a hundred waited 7.5 s for that alone.
 */
const CONNECTIONS_WAITING_MAX = 8_192;

/**
 * Builds and initialises the application, ready for `listen` or `inject`. The module must import the platform module.
 * Throws what is wrong with the wiring; nothing is left listening then.
 */
export async function createApp(config: Config, module: DynamicModule | Type): Promise<NestFastifyApplication> {
  const root = rootLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(root, config.trustProxy), {
    logger: new NestLogger(root),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    const routes = app.get(RouteTable);
    const server = app.getHttpAdapter().getInstance();
    await allowOrigins(server, config.corsOrigins);
    markDocumentation(server);
    installHooks(server, routes, app.get(Readiness), root);
    traceRequests(server, app.get(Tracing));
    app.get(HttpMetrics).install(server);
    serveDocumentation(app);
    app.useGlobalFilters(new ProblemFilter(routes, app.get(Log), app.get(Refusals)));
    app.useGlobalPipes(new RequestValidation());
    await app.init();
    await server.ready();
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

/** Takes connections; port 0 is any that is free. The system may keep fewer waiting (net.core.somaxconn, 4096 on Linux). */
export async function listenOn(app: NestFastifyApplication, port: number, host: string): Promise<void> {
  await app.listen({ port, host, backlog: CONNECTIONS_WAITING_MAX });
}
