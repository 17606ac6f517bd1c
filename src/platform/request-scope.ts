import { AsyncLocalStorage } from 'node:async_hooks';
import { randomId } from './ids.js';

const GIVEN_ID = /^[\w-]{1,64}$/;

/** What every log line of a request carries. */
export interface RequestScope {
  requestId: string;
}

/** The request that the code now running works for; empty outside of requests. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

/** The caller's own id where it is harmless in a log and a header; else a new one. */
export function requestIdFrom(given: string | string[] | undefined): string {
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomId('req', 20);
}
