import type { FastifyRequest } from 'fastify';
import { actorOf } from './caller.js';

/** A customer's id is shorter; what is longer was no id. */
const CUSTOMER_ID_LENGTH_MAX = 128;

/** Who asked, and for which customer, as a line of the log says it. */
export function callerInLines({ caller, body }: FastifyRequest): Record<string, string> {
  // Nobody has asked who calls where the route is open, or the request was refused before.
  if (!caller) return {};
  if (caller.kind === 'buyer') return { caller: 'buyer', customerId: caller.customerId };
  const named = typeof body === 'object' && body !== null && 'customerId' in body ? body.customerId : undefined;
  const isId = typeof named === 'string' && named.length <= CUSTOMER_ID_LENGTH_MAX;
  return { caller: actorOf(caller), ...(isId && { customerId: named }) };
}
