import type { HeaderObject, ParameterObject, ReferenceObject } from './openapi-parts.js';

const text = (description: string, example: string): HeaderObject => ({
  description,
  required: true,
  schema: { type: 'string', example },
});

const seconds = (description: string): HeaderObject => ({
  description,
  required: true,
  schema: { type: 'integer', minimum: 0, example: 1 },
});

/** Headers of answers, each described once. */
export const ANSWER_HEADERS = {
  'X-Request-Id': text(
    "The request's own id where it is 1 to 64 letters, digits, _ and -; else a new one",
    'req_8m2k4x0a9b3c7d1e5f6g',
  ),
  Location: text('The path of what was made', '/v1/reservations/rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4'),
  ETag: text("The resource's version, to ask with If-None-Match whether it has changed", '"2"'),
  'Retry-After': seconds('Seconds to wait before asking again'),
  'Preference-Applied': text('`respond-async`: the decision was not waited for (RFC 7240)', 'respond-async'),
  'Idempotency-Key': text('The key of the request, or the one that was made for it: repeat with it', '7f1c2d3e'),
  'Set-Cookie': text(
    'The session, for the browser alone: no script can read it',
    'holdfast_session=…; Path=/v1; HttpOnly; SameSite=Strict',
  ),
  'Content-Disposition': text('The name of the file', 'attachment; filename="orders-midnight-drop.csv"'),
  Allow: text('The methods that the path takes', 'GET, HEAD'),
  'WWW-Authenticate': text('How to send credentials', 'Bearer'),
} as const satisfies Record<string, HeaderObject>;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** References to described headers, for the `headers` of a documented answer. */
export function headerRefs(...names: AnswerHeader[]): Record<string, ReferenceObject> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The same, of answers of which some carry the header and others do not. */
export function optionalHeaders(...names: AnswerHeader[]): Record<string, HeaderObject> {
  return Object.fromEntries(names.map((name) => [name, { ...ANSWER_HEADERS[name], required: false }]));
}

/** Headers that any request may carry. */
export const REQUEST_HEADERS = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    required: false,
    description: 'Comes back in the answer and stands in every log line; an id of another shape is replaced',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$', example: 'checkout-4711' },
  },
} as const satisfies Record<string, ParameterObject>;
