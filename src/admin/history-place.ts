import { invalid } from '../platform/validation.js';
import type { HistoryPlace } from './history-rows.js';

const SHAPE = /^(\d{1,19})-(\d{1,15})$/;
/** What a bigint of Postgres can tell. */
const TX_MAX = 9_223_372_036_854_775_807n;

/** A place in the history as text: the id of an event, and within cursors. */
export function placeText({ tx, id }: HistoryPlace): string {
  return `${tx}-${id}`;
}

/** Null for what is none. */
export function parsePlace(text: string): HistoryPlace | null {
  const [, tx, id] = SHAPE.exec(text) ?? [];
  return tx !== undefined && id !== undefined && BigInt(tx) <= TX_MAX ? { tx, id: Number(id) } : null;
}

export function encodePlace(place: HistoryPlace): string {
  return Buffer.from(placeText(place)).toString('base64url');
}

/** Reads a cursor that `encodePlace` made, null for none; anything else is an `invalid-request`. */
export function decodePlace(cursor: string | undefined): HistoryPlace | null {
  if (cursor === undefined) return null;
  const place = parsePlace(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (place) return place;
  throw invalid([
    { pointer: '?cursor', detail: 'is not a cursor of this list; leave it out to begin at the first page' },
  ]);
}
