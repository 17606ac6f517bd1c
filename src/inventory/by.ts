import type pg from 'pg';
import { quoteLiteral } from '../platform/postgres.js';

/** Who brings a transition about, and why, as the history tells it: `buyer` (whose, the row says), `service:key_…`, `admin:key_…`. */
export interface By {
  readonly actor: string;
  readonly reason?: string | null;
  /** What is written in the same transaction as the change of the row, and only if there is one. */
  readonly alongside?: (client: pg.PoolClient) => Promise<void>;
}

/** As a note in Redis keeps it until the journal has it: `admin:key_x a reason`; '' for nobody. */
export function packBy(actor: string | undefined, reason: string | null | undefined): string {
  return actor === undefined ? '' : `${actor} ${reason ?? ''}`;
}

export function unpackBy(text: string): By | undefined {
  if (text === '') return undefined;
  const at = text.indexOf(' ');
  return { actor: text.slice(0, at), reason: text.slice(at + 1) || null };
}

/** How a transaction begins: BEGIN, and what the journal's triggers write down of everything that this transaction changes; in one round trip. Undefined: with nothing but BEGIN. */
export function beginBy(by: By | undefined): string | undefined {
  if (!by) return undefined;
  const reason = by.reason ? `, set_config('holdfast.reason', ${quoteLiteral(by.reason)}, true)` : '';
  return `BEGIN; SELECT set_config('holdfast.actor', ${quoteLiteral(by.actor)}, true)${reason}`;
}
