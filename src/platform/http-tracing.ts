import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OpenSpan } from './spans.js';
import type { Tracing } from './tracing.js';

/** A traceparent is 55 characters; what comes with it is passed on up to what the standard asks for. */
const TRACESTATE_LENGTH_MAX = 512;

/** Gives each request its span, and goes on with the trace that its caller has begun. Nothing is installed without an endpoint. */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  if (!tracing.on) return;
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { url: route = 'none' } = request.routeOptions;
    const span = tracing.beginRequest({
      name: `${request.method} ${request.is404 ? 'none' : route}`,
      parent: only(request.headers.traceparent),
      tracestate: only(request.headers.tracestate),
      attributes: { 'http.request.method': request.method, 'http.route': route, 'holdfast.request_id': request.id },
    });
    if (!span) return done();
    spans.set(request, span);
    tracing.within(span, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode });
    if (reply.statusCode >= 500) span?.fail(new Error(`answered ${reply.statusCode}`));
    span?.end();
    done();
  });
}

const only = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length <= TRACESTATE_LENGTH_MAX ? header : undefined;
