import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../problems.js';

const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** The path of a request without its query, which may hold what is nobody else's business. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/** Sends a problem as RFC 9457 says, with the headers that belong to it. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const { retryAfterSeconds } = problem.extensions;
  if (typeof retryAfterSeconds === 'number') {
    void reply.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  }
  if (problem.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  // Errors of the router itself (a URL that cannot be decoded) come before any hook has set it.
  void reply.header('X-Request-Id', request.id);
  const body = JSON.stringify({ ...problem.body(), instance: pathOf(request) });
  void reply.code(problem.status).header('Content-Type', PROBLEM_JSON).send(body);
}
