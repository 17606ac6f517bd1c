import { invalid } from '../platform/validation.js';
import type { HoldSort } from './hold-filter.js';

/** Where a page ended: what the list is sorted by, and its last hold. A time is in ms. */
export interface HoldCursor {
  readonly sort: HoldSort;
  readonly value: string | number;
  readonly id: string;
}

export function encodeHoldCursor({ sort, value, id }: HoldCursor): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** Reads a cursor that `encodeHoldCursor` made for a list of this sort; anything else is an `invalid-request`. */
export function decodeHoldCursor(text: string, sort: HoldSort): HoldCursor {
  const parts = parse(Buffer.from(text, 'base64url').toString('utf8'));
  const [sorted, value, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const fits = sort.endsWith('customer') ? typeof value === 'string' : isTime(value);
  if (sorted === sort && fits && typeof id === 'string' && /^rsv_[A-Za-z0-9_-]{42}$/.test(id))
    return { sort, value: value as string | number, id };
  throw invalid([
    {
      pointer: '?cursor',
      detail: `is not a cursor of this list sorted by ${sort}; leave it out to begin at the first page`,
    },
  ]);
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Number.isNaN(new Date(Number(value)).getTime());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
