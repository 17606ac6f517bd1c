import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ANONYMOUS, type Caller } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gatekeeper before a route is reached; absent on open routes. */
    caller?: Caller;
  }
}

/** The caller of the request, as a parameter of a controller's method. */
export const CallerOf = createParamDecorator((_nothing: unknown, context: ExecutionContext): Caller => {
  return context.switchToHttp().getRequest<FastifyRequest>().caller ?? ANONYMOUS;
});
