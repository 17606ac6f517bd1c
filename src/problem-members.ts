import type { SchemaObject } from './platform/openapi-parts.js';
import type { ProblemCode } from './problems.js';

/** A member that a problem carries beside those of RFC 9457, as the OpenAPI document describes it. */
export interface ProblemMember {
  readonly schema: SchemaObject;
  readonly example: unknown;
  /** Not in every problem of this code. */
  readonly optional?: boolean;
  readonly description?: string;
}

const TIME = { type: 'string', format: 'date-time' };
const TIME_OR_NULL = { type: ['string', 'null'], format: 'date-time' };
const COUNT = { type: 'integer', minimum: 0 };
const WORD = { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' };
const RESERVATION_ID = 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4';

const list = (properties: Record<string, SchemaObject>, optional: string[] = []): SchemaObject => ({
  type: 'array',
  items: {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  },
});

const RETRY_AFTER: ProblemMember = {
  schema: { type: 'number', minimum: 0 },
  example: 1,
  optional: true,
  description: 'The same as the header Retry-After, which is rounded up',
};

const FAULTS: ProblemMember = {
  schema: list({
    pointer: {
      type: 'string',
      description: 'A JSON pointer into the body, `?name` of the query, `{name}` of the path, or the name of a header',
    },
    detail: { type: 'string' },
  }),
  example: [{ pointer: '/lines/0/quantity', detail: 'must be a whole number from 1 to 100' }],
  description: 'Everything that is wrong, not the first fault alone',
};

const SHORT_LINES: ProblemMember = {
  schema: list(
    {
      skuId: { type: 'string' },
      requested: COUNT,
      available: { ...COUNT, description: 'Units that could be had at that moment' },
      heldByOthers: { ...COUNT, description: 'Units in holds and checkouts, which may come back' },
      nextExpiryAt: { ...TIME_OR_NULL, description: 'When the next hold runs out, if it is not paid by then' },
      unavailableUnits: { type: 'array', items: { type: 'string' }, description: 'Of the units that were named' },
    },
    ['unavailableUnits'],
  ),
  example: [
    {
      ...{ skuId: 'sku_4k2m9x0a1b3c', requested: 2, available: 0, heldByOthers: 7 },
      nextExpiryAt: '2026-11-21T20:04:10.512Z',
    },
  ],
};

/** A refusal of a request that had been queued names its reservation, whose `problem` is this same refusal. */
const DECIDED: Record<string, ProblemMember> = {
  reservationId: {
    schema: { type: 'string' },
    example: RESERVATION_ID,
    optional: true,
    description: 'Of a refusal after queueing: the rejected reservation',
  },
};

/**
 * What problems carry besides, by code, and a `detail` as an example. A code that is not here carries nothing more.
 * The OpenAPI document is made of it; tests compare it with README's table and with every answer of the server.
 */
export const PROBLEM_MEMBERS: Readonly<
  Partial<Record<ProblemCode, { detail?: string; members?: Readonly<Record<string, ProblemMember>> }>>
> = {
  'too-many-requests': {
    detail: 'From this address more than 600 requests came within 60 s; come again in 12 s.',
    members: {
      limitedBy: { schema: { type: 'string', enum: ['address', 'key', 'customer'] }, example: 'address' },
      limit: { schema: COUNT, example: 600, description: 'Requests within the window' },
      windowSeconds: { schema: COUNT, example: 60 },
      retryAfterSeconds: { ...RETRY_AFTER, example: 12, optional: false },
    },
  },
  unauthorized: { detail: 'Send credentials as `Authorization: Bearer …`.' },
  forbidden: { detail: 'This route is not for callers of kind buyer.' },
  'body-too-large': { detail: 'The body is larger than this route takes.' },
  'malformed-request': { detail: 'The body is not JSON.' },
  'invalid-request': {
    detail: '/lines/0/quantity: must be a whole number from 1 to 100.',
    members: {
      errors: FAULTS,
      errorsTotal: {
        schema: COUNT,
        example: 1,
        optional: true,
        description: 'Of a list of units: how many faults there are; 100 of them are told',
      },
    },
  },
  'sku-not-found': {
    detail: 'The sale has no such SKU.',
    members: {
      errors: {
        ...FAULTS,
        optional: true,
        example: [{ pointer: '/lines/0/skuId', detail: 'is not a SKU of this sale' }],
        description: 'Where the body names it',
      },
    },
  },
  'unit-unknown': {
    detail: 'The SKU has no such unit.',
    members: {
      errors: {
        ...FAULTS,
        example: [{ pointer: '/lines/0/units/1', detail: 'is not a unit of this SKU' }],
        description: 'Each label that is not known, and where it stands',
      },
    },
  },
  'idempotency-key-reused': {
    detail: 'This Idempotency-Key was used with another body; use a new key for a new request.',
  },
  'sale-not-open': { members: { opensAt: { schema: TIME_OR_NULL, example: '2026-11-21T20:00:00.000Z' }, ...DECIDED } },
  'sale-paused': { detail: 'The sale is paused; try again when it goes on.', members: DECIDED },
  'sale-closed': { members: { closedAt: { schema: TIME_OR_NULL, example: '2026-11-22T20:00:00.000Z' }, ...DECIDED } },
  'customer-limit-reached': {
    detail: 'A customer may have 4 units; release a reservation or ask for fewer.',
    members: {
      limit: { schema: COUNT, example: 4 },
      held: { schema: COUNT, example: 4, description: 'Units that the customer holds or has in checkout' },
      sold: { schema: COUNT, example: 0, description: 'Units that the customer has bought' },
      reservationIds: {
        schema: { type: 'array', items: { type: 'string' } },
        example: [RESERVATION_ID],
        description: 'Holds that the customer could release',
      },
      ...DECIDED,
    },
  },
  'units-unavailable': {
    detail: 'Not enough units are available now; held ones may come back.',
    members: { lines: SHORT_LINES, ...DECIDED },
  },
  'sold-out': {
    detail: 'No unit is left, and none is held that could come back.',
    members: {
      lines: {
        ...SHORT_LINES,
        example: [{ skuId: 'sku_4k2m9x0a1b3c', requested: 2, available: 0, heldByOthers: 0, nextExpiryAt: null }],
      },
      ...DECIDED,
    },
  },
  'reservation-not-held': {
    detail: 'The reservation is expired, not held.',
    members: {
      reservationStatus: {
        schema: { enum: ['queued', 'held', 'checkout', 'confirmed', 'rejected', 'released', 'expired'] },
        example: 'expired',
      },
    },
  },
  'extension-refused': {
    detail: 'Every extension that the sale allows has been used.',
    members: { reason: { schema: WORD, example: 'extensions-used' } },
  },
  'customer-has-holds': {
    detail: 'Something of this customer is still under way; release it or let it end, then erase again.',
    members: {
      reservationIds: { schema: { type: 'array', items: { type: 'string' } }, example: [RESERVATION_ID] },
    },
  },
  'sale-state-conflict': {
    detail: 'A sale that is closed cannot be told to open.',
    members: { reason: { schema: WORD, example: 'sale-is-closed' } },
  },
  'order-state-conflict': {
    detail: 'The order was cancelled without restock: its units stay sold.',
    members: { reason: { schema: WORD, example: 'cancelled-without-restock' } },
  },
  'already-confirmed': {
    detail: 'Another payment has confirmed this reservation; refund this one.',
    members: {
      orderId: { schema: { type: 'string' }, example: 'ord_8m2k4x0a9b3c7d1e5f6g' },
      paymentReference: { schema: { type: 'string' }, example: 'pay_7788', description: 'Of the payment that counts' },
    },
  },
  'amount-mismatch': {
    detail: 'The amount paid is not the total of the reservation; refund it, and pay the total under a new reference.',
    members: {
      expected: {
        schema: {
          type: 'object',
          properties: { amount: COUNT, currency: { type: 'string' } },
          required: ['amount', 'currency'],
        },
        example: { amount: 9000, currency: 'EUR' },
      },
    },
  },
  'payment-late-rejected': {
    detail: 'The reservation was expired when the payment came; refund it.',
    members: { reason: { schema: WORD, example: 'expired' } },
  },
  'queue-timeout': {
    detail: 'The request waited longer than the sale allows; make a new one, with a new key.',
    members: { queuedAt: { schema: TIME, example: '2026-11-21T20:00:00.000Z' }, ...DECIDED },
  },
  'request-lost': {
    detail: 'The request was lost with the store that held it; make a new one, with a new key.',
    members: {
      queuedAt: { schema: TIME_OR_NULL, example: null, description: 'null: when it was queued was lost too' },
      ...DECIDED,
    },
  },
  'capacity-below-committed': {
    detail: 'The capacity cannot come down to 10: 7 units are held, 5 are sold and 0 are blocked.',
    members: {
      held: { schema: COUNT, example: 7, description: 'Units in holds and checkouts' },
      sold: { schema: COUNT, example: 5 },
      blocked: { schema: COUNT, example: 0 },
    },
  },
  overloaded: { members: { retryAfterSeconds: RETRY_AFTER } },
  'store-unavailable': {
    detail: 'Redis is out of reach; repeat the request in a moment, with the same key.',
    members: { retryAfterSeconds: RETRY_AFTER },
  },
  internal: {
    detail:
      'Something went wrong on our side. Repeat the request with the same key; quote its X-Request-Id if it stays so.',
    members: DECIDED,
  },
};
