/**
 * Every refusal that Holdfast can answer (RFC 9457), in order of precedence: the first that applies is the answer.
 * A problem knows nothing of HTTP requests; the one filter in `platform/` makes a response of it, and a worker may
 * store it in a reservation. README's table and the OpenAPI document are compared with this by a test.
 */
export const PROBLEMS = {
  'too-many-requests': { status: 429, title: 'Too many requests' },
  unauthorized: { status: 401, title: 'Who calls is not known' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'route-not-found': { status: 404, title: 'No such route' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-request': { status: 422, title: 'The request is not valid' },
  'sale-not-found': { status: 404, title: 'No such sale' },
  'sku-not-found': { status: 404, title: 'No such SKU' },
  'unit-unknown': { status: 422, title: 'No such unit' },
  'reservation-not-found': { status: 404, title: 'No such reservation' },
  'order-not-found': { status: 404, title: 'No such order' },
  'bulk-run-not-found': { status: 404, title: 'No such bulk run' },
  'job-not-found': { status: 404, title: 'No such job' },
  'api-key-not-found': { status: 404, title: 'No such API key' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used with another body' },
  'slug-taken': { status: 409, title: 'The slug belongs to another sale' },
  'api-key-in-use': { status: 409, title: 'The API key is the one you call with' },
  'sale-not-open': { status: 409, title: 'The sale is not open yet' },
  'sale-paused': { status: 409, title: 'The sale is paused' },
  'sale-closed': { status: 409, title: 'The sale is closed' },
  'customer-limit-reached': { status: 409, title: "The customer's limit is reached" },
  'units-unavailable': { status: 409, title: 'The units are not available now' },
  'sold-out': { status: 409, title: 'Sold out' },
  'reservation-not-held': { status: 409, title: 'The reservation is not held' },
  'extension-refused': { status: 409, title: 'The hold cannot be extended' },
  'customer-has-holds': { status: 409, title: 'Something of the customer is still under way' },
  'sale-state-conflict': { status: 409, title: "The sale's state does not allow this" },
  'order-state-conflict': { status: 409, title: "The order's state does not allow this" },
  'already-confirmed': { status: 409, title: 'The reservation is confirmed already' },
  'amount-mismatch': { status: 409, title: 'The amount paid is not the total' },
  'payment-late-rejected': { status: 409, title: 'The payment came too late' },
  'queue-timeout': { status: 409, title: 'The request waited too long' },
  'request-lost': { status: 409, title: 'The request was lost before it was decided' },
  'capacity-below-committed': { status: 409, title: 'More units are committed than that' },
  overloaded: { status: 503, title: 'Too many requests are waiting' },
  'store-unavailable': { status: 503, title: 'A store is out of reach' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Extension members of a problem, as JSON. `retryAfterSeconds` also becomes the `Retry-After` header. */
export type ProblemExtensions = Readonly<Record<string, unknown>>;

/** A problem as it is stored in a reservation and sent as a body (`instance` is added by whoever answers). */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  [extension: string]: unknown;
}

const TYPE_BASE = 'https://holdfast.dev/problems/';

/** The RFC 9457 body of a problem. `detail` is a sentence for a person: what is wrong and what to do. */
export function problemBody(code: ProblemCode, detail: string, extensions: ProblemExtensions = {}): ProblemBody {
  const { status, title } = PROBLEMS[code];
  return { type: `${TYPE_BASE}${code}`, title, status, detail, code, ...extensions };
}

/** A refusal thrown where a caller is to be told. Expected refusals of the ledger are return values, not these. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly extensions: ProblemExtensions = {},
    /** Overrides the table's status where the contract says so (`sku-not-found` inside a body is a 422). */
    readonly statusOverride?: number,
  ) {
    // An answer, not a fault: nobody reads where it was made, and V8 takes 15 µs to write that down.
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = depth;
    this.name = 'Problem';
  }

  get status(): number {
    return this.statusOverride ?? PROBLEMS[this.code].status;
  }

  body(): ProblemBody {
    return { ...problemBody(this.code, this.message, this.extensions), status: this.status };
  }
}

/** A refusal that was decided, counted and logged before; the answer only tells it. */
export class RepeatedProblem extends Problem {}
