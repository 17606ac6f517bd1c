import type { ApiHeaderOptions } from '@nestjs/swagger';
import { Problem } from '../problems.js';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
const WAIT = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i;

/** The headers of requests, for the OpenAPI document. */
export const IDEMPOTENCY_KEY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Makes the request safe to repeat: the same key and body always meet the same reservation. 1 to 255 printable ASCII ' +
    'characters, scoped to customer and sale. Without one a key is made and returned in the header of this name',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY.source, minLength: 1, maxLength: 255, example: '7f1c2d3e' },
} as const satisfies ApiHeaderOptions;

const prefer = (description: string): ApiHeaderOptions => ({
  name: 'Prefer',
  required: false,
  description: `${description}. Seconds, capped by the server (RFC 7240); a preference is never refused`,
  schema: { type: 'string', example: 'wait=5' },
});
export const PREFER_DECISION_HEADER = prefer('`wait=5`: answer with the decision, if it is made within 5 s');
export const PREFER_CHANGE_HEADER = prefer('`wait=5`: answer when it has changed, or after 5 s');

export const IF_NONE_MATCH_HEADER = {
  name: 'If-None-Match',
  required: false,
  description: 'The ETag of the version that the caller has: 304 while it is the present one',
  schema: { type: 'string', example: '"2"' },
} as const satisfies ApiHeaderOptions;

/** The Idempotency-Key, or null where there is none. Throws invalid-request for one that cannot be a key. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (IDEMPOTENCY_KEY.test(header)) return header;
  const detail = 'Idempotency-Key must be 1 to 255 printable ASCII characters.';
  throw new Problem('invalid-request', detail, {
    errors: [{ pointer: 'Idempotency-Key', detail: 'must be 1 to 255 printable ASCII characters' }],
  });
}

/** Milliseconds that `Prefer: wait` (RFC 7240) asks for, at most `maxSeconds`; 0 without one. A preference is never refused. */
export function waitMsOf(prefer: string | undefined, maxSeconds: number): number {
  const seconds = WAIT.exec(prefer ?? '')?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), maxSeconds) * 1_000;
}

/** Whether an If-None-Match header names this ETag. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag || each.trim() === '*');
}
