import { Problem } from '../problems.js';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
const WAIT = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i;

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
