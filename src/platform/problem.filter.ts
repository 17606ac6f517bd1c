import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemCode } from '../problems.js';
import { Log } from './logging.js';
import { isPassing, postgresUnavailable } from './postgres.js';
import { answerProblem, pathOf } from './problem-answer.js';
import { Refusals } from './refusals.js';
import { RouteTable } from './route-table.js';

/** Errors of Nest and Fastify by status: what they say to a caller is ours to write, theirs may quote the request. */
const BY_STATUS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['malformed-request', 'The request cannot be read: its JSON, its URL or a header is broken.'],
  401: ['unauthorized', 'Send credentials as `Authorization: Bearer …`.'],
  403: ['forbidden', 'This caller may not do this.'],
  404: ['route-not-found', 'There is nothing at this path.'],
  413: ['body-too-large', 'The body is larger than this route takes.'],
  414: ['route-not-found', 'There is nothing at this path.'],
  415: ['unsupported-media-type', 'Send the body as JSON, with `Content-Type: application/json`.'],
  422: ['invalid-request', 'The request is not valid.'],
};

/** Makes the one kind of error answer (RFC 9457) of whatever was thrown: by us, by Nest, by Fastify, or by accident. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: Log,
    private readonly refusals: Refusals,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const path = pathOf(request);
    const problem = this.problemOf(error, request, path);
    if (problem.code === 'internal')
      this.log.root.error({ requestId: request.id, err: error }, 'a request failed unexpectedly');
    this.refusals.answered(request, problem);
    // A stream that has begun cannot become a problem: cutting it is the only signal left.
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    if (problem.code === 'method-not-allowed') void reply.header('Allow', this.routes.methodsOf(path).join(', '));
    answerProblem(request, reply, problem);
  }

  private problemOf(error: unknown, request: FastifyRequest, path: string): Problem {
    if (error instanceof Problem) return error;
    if (isPassing(error)) return postgresUnavailable();
    if (request.is404 && error instanceof HttpException && error.getStatus() === 404)
      return this.notFound(request.method, path);
    const status = statusOf(error);
    const [code, detail] = BY_STATUS[status] ?? [];
    if (code && detail) return new Problem(code, detail);
    if (status >= 400 && status < 500)
      return new Problem('malformed-request', 'The request cannot be served as it is.', {}, status);
    return new Problem(
      'internal',
      'Something went wrong on our side. Repeat the request with the same key; quote its X-Request-Id if it stays so.',
    );
  }

  private notFound(method: string, path: string): Problem {
    const methods = this.routes.methodsOf(path);
    // A route of files takes the method and has no such file.
    if (methods.length === 0 || methods.includes(method))
      return new Problem('route-not-found', 'There is nothing at this path.');
    return new Problem('method-not-allowed', `This path takes ${methods.join(', ')}.`);
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  // Fastify's own errors carry a status; anything else with one is not meant for our callers.
  if (error instanceof Error && error.name === 'FastifyError' && 'statusCode' in error) return Number(error.statusCode);
  if (error instanceof SyntaxError && 'statusCode' in error) return Number(error.statusCode);
  return 500;
}
