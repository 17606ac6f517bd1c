import { NotFoundException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RouteOptions,
} from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { type ProblemCode, Problem } from '../problems.js';
import { answerProblem, pathOf } from './problem-answer.js';
import { parseJson } from './json-body.js';
import type { Readiness } from './readiness.js';
import { requestIdFrom } from './request-id.js';
import type { RouteTable } from './route-table.js';
import { API_HEADERS } from './security-headers.js';

export const BODY_BYTES_MAX = 16 * 1024;
/** A path may name a customer: 128 characters of 4 bytes, each byte as %xx. Longer than this, there is no such route. */
export const PATH_PARAMETER_MAX = 128 * 4 * 3;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Node looks for overdue requests only this often, every 30 s by default. */
const TIMEOUT_CHECK_MS = 1_000;

const NOTHING_HERE = 'There is nothing at this path.';

/** Fastify with limits on size and time, our log, and our request ids. */
export function createAdapter(log: Logger, trustProxy: readonly string[]): FastifyAdapter {
  return new FastifyAdapter({
    // Nothing of ours is Express middleware; the layer that would run it costs every request 2 %.
    skipMiddie: true,
    loggerInstance: log,
    // The request's id comes from its scope, so a child logger for each request would only cost.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request: IncomingMessage) => requestIdFrom(request.headers['x-request-id']),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    // What arrives on an open connection while we drain is answered, and the connection then closed.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      // These come before any hook.
      void reply.headers({ ...API_HEADERS, 'Cache-Control': 'no-store' });
      answerProblem(request, reply, unroutable(error));
    },
    // Only from these is X-Forwarded-For believed; whoever else sends it has its own address all the same.
    trustProxy: trustProxy.length > 0 && [...trustProxy],
  });
}

/** What every request and answer goes through, in this order. Comes before routes' own hooks are added. */
export function installHooks(server: FastifyInstance, routes: RouteTable, readiness: Readiness, log: Logger): void {
  server.addHook('onRoute', (route) => {
    applyTraits(route);
    routes.add(route);
  });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(request.routeOptions.config.headers ?? API_HEADERS);
    void reply.header('X-Request-Id', request.id);
    // An answer of the API is somebody's, and true now: no cache may keep it unless its route says so.
    if (request.url.startsWith('/v1')) void reply.header('Cache-Control', 'no-store');
    done();
  });
  server.addHook('preParsing', (request, _reply, _payload, done) => {
    // Where there is no route, there is nothing to say of the body.
    if (request.is404) return done(new NotFoundException());
    const params = request.params as Record<string, string>;
    if (hasEmptyPart(params)) return done(new Problem('route-not-found', NOTHING_HERE));
    replaceNul(params);
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection kept open after its last answer would hold up the end until its idle timeout.
    if (readiness.draining) void reply.header('Connection', 'close');
    // What is ready in one turn of the event loop leaves together at its end, and wakes whoever reads it once: a refusal
    // at the door took 296 µs one by one and 206 so, while nobody waits for more than the turn.
    setImmediate(done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    logCompletion(log, request, reply);
    // The same for a stream, whose headers went out before draining began.
    if (readiness.draining) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
  server.removeContentTypeParser(['application/json', 'text/plain']);
  // As bytes: what is no UTF-8 would come out of a text with its letters replaced, and be stored so.
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    const parsed = isUtf8(body) ? parseJson(body.toString()) : { problem: noUtf8() };
    if ('problem' in parsed) done(parsed.problem);
    else done(null, parsed.body);
  });
  server.addContentTypeParser<Buffer>('text/csv', { parseAs: 'buffer' }, (request, body, done) => {
    if (!request.routeOptions.config.csv)
      done(new Problem('unsupported-media-type', 'This route takes JSON, with `Content-Type: application/json`.'));
    else if (!isUtf8(body)) done(noUtf8());
    else done(null, body.toString());
  });
}

/** `//` in a path: the router takes it for an id of no characters. What follows a `*` may be nothing. */
function hasEmptyPart(params: Record<string, string>): boolean {
  return Object.entries(params).some(([name, value]) => name !== '*' && value === '');
}

/** Postgres takes no NUL in a text; another character that is in no id stands for it, so that it is found nowhere. */
function replaceNul(params: Record<string, string>): void {
  for (const name in params) {
    if (params[name]?.includes('\0')) params[name] = params[name].replaceAll('\0', '\x01');
  }
}
const noUtf8 = (): Problem => new Problem('malformed-request', 'The body is not UTF-8; save or send it as UTF-8.');

function unroutable(error: unknown): Problem {
  const tooLong = error instanceof Error && 'code' in error && error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  if (tooLong) return new Problem('route-not-found', NOTHING_HERE);
  return new Problem('malformed-request', 'The URL of the request cannot be read.');
}

function applyTraits(route: RouteOptions): void {
  if (route.config?.bodyBytesMax !== undefined) route.bodyLimit = route.config.bodyBytesMax;
}

function logCompletion(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  // What was refused has a line that explains it; see refusals.ts.
  if (!log.isLevelEnabled('debug')) return;
  const durationMs = Math.round(reply.elapsedTime * 100) / 100;
  log.debug(
    { requestId: request.id, method: request.method, path: pathOf(request), status: reply.statusCode, durationMs },
    'request completed',
  );
}

/** Bytes that are no HTTP request never reach a route; they get a problem all the same. */
function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, reason, code, detail } = brokenHttp(error.code);
  const body = JSON.stringify(new Problem(code, detail, {}, status).body());
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function brokenHttp(code?: string): { status: number; reason: string; code: ProblemCode; detail: string } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      status: 431,
      reason: 'Request Header Fields Too Large',
      code: 'malformed-request',
      detail: 'The headers are too large.',
    };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      reason: 'Request Timeout',
      code: 'malformed-request',
      detail: 'The request did not arrive in time.',
    };
  }
  return { status: 400, reason: 'Bad Request', code: 'malformed-request', detail: 'This is not an HTTP request.' };
}
