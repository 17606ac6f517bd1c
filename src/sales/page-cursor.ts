import { Problem } from '../problems.js';

/** Where a page ended: the sorting time and id of its last row. */
export interface PageCursor {
  at: Date;
  id: string;
}

const SEPARATOR = '~';

/** The opaque text of a cursor, safe in a URL. */
export function encodeCursor({ at, id }: PageCursor): string {
  return Buffer.from(`${at.getTime()}${SEPARATOR}${id}`).toString('base64url');
}

/** Reads a cursor that `encodeCursor` made; anything else is an `invalid-request`. */
export function decodeCursor(text: string): PageCursor {
  const [time = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(SEPARATOR);
  const at = new Date(/^\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  if (!Number.isNaN(at.getTime()) && /^[a-z]+_[a-z0-9]+$/.test(id)) return { at, id };
  const detail = 'is not a cursor of this list; leave it out to begin at the first page';
  throw new Problem('invalid-request', `The cursor ${detail}.`, { errors: [{ pointer: '?cursor', detail }] });
}
