import { invalid } from '../platform/validation.js';

/** The opaque cursor of a list whose rows are numbered: the number of the last row of the page before. */
export function encodeNumber(last: number): string {
  return Buffer.from(`#${last}`).toString('base64url');
}

/** Reads a cursor that `encodeNumber` made, null for none; anything else is an `invalid-request`. */
export function decodeNumber(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const [, digits] = /^#(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digits !== undefined) return Number(digits);
  throw invalid([
    { pointer: '?cursor', detail: 'is not a cursor of this list; leave it out to begin at the first page' },
  ]);
}
