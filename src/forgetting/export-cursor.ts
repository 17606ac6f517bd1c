import { invalid } from '../platform/validation.js';
import { RECORD_KINDS, type RecordKind } from './record-kinds.js';

/** Where a page ended: in which kind of record, after what; null: at its beginning. */
export interface ExportCursor {
  readonly kind: RecordKind;
  readonly after: string | null;
}

export const CURSOR_PATTERN = /^[A-Za-z0-9_-]{1,1000}$/u;
const AFTER = /^[\x20-\x7e]{1,400}$/;

export function encodeExportCursor({ kind, after }: ExportCursor): string {
  return Buffer.from(JSON.stringify([kind, after])).toString('base64url');
}

/** Reads a cursor that `encodeExportCursor` made; anything else is an `invalid-request`. */
export function decodeExportCursor(text: string): ExportCursor {
  const parts = parse(Buffer.from(text, 'base64url').toString('utf8'));
  const [name, after] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const kind = RECORD_KINDS.find((each) => each === name);
  if (kind && (after === null || (typeof after === 'string' && AFTER.test(after)))) return { kind, after };
  throw invalid([
    { pointer: '?cursor', detail: 'is not a cursor of this list; leave it out to begin at the first page' },
  ]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
