import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long a browser may remember that it may call. */
const PREFLIGHT_AGE_SECONDS = 600;

const OPTIONS: FastifyCorsOptions = {
  methods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
  allowedHeaders: [
    ...['Authorization', 'Content-Type', 'Idempotency-Key', 'Prefer', 'If-None-Match', 'Last-Event-ID'],
    ...['X-Request-Id', 'X-Admission-Token'],
  ],
  exposedHeaders: [
    ...['Location', 'ETag', 'Retry-After', 'Idempotency-Key', 'Preference-Applied', 'X-Request-Id'],
    'WWW-Authenticate',
  ],
  maxAge: PREFLIGHT_AGE_SECONDS,
  // Callers name themselves in a header, never by a cookie, so no page can act for its visitor without being told how.
  credentials: false,
};

/**
 * Lets pages of these origins call the API; `*` is every origin, none is none. A preflight is answered before anybody
 * is asked who they are. Comes before the hooks that note routes: what answers preflights is at no path of the API.
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  server.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS' && route.url === '*') route.config = { ...route.config, open: true };
  });
  await server.register(cors, {
    delegator: (request: FastifyRequest, decide) => decide(null, { ...OPTIONS, origin: allowed(request, origins) }),
  });
}

/** The origin that the answer is for; false leaves the request to the routes, so that one which is no preflight is a 405. */
function allowed({ method, headers }: FastifyRequest, origins: readonly string[]): string | false {
  const { origin } = headers;
  if (origin === undefined) return false;
  if (method === 'OPTIONS' && headers['access-control-request-method'] === undefined) return false;
  if (origins.includes('*')) return '*';
  return origins.includes(origin) ? origin : false;
}
