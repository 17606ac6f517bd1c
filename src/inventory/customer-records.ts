import type { Ledger } from './ledger.js';
import { type HoldRecord, type RequestRecord, unpackHold, unpackRequest } from './records.js';
import type { SaleRef } from './sale-keys.js';

/** A request of a customer, with its hold if there is one. */
export interface CustomerRecord {
  readonly tail: string;
  readonly request: RequestRecord;
  readonly hold: HoldRecord | null;
}

/** Where the next page begins ('0': there is none), and what this one had. */
export interface CustomerPage {
  readonly cursor: string;
  readonly records: CustomerRecord[];
}

/** What some customers' records say, among about `limit` of all records of a sale (lua/requests-of.lua). */
export async function recordsOf(
  ledger: Ledger,
  sale: SaleRef,
  cursor: string,
  limit: number,
  customers: readonly string[],
): Promise<CustomerPage> {
  const { values } = await ledger.run('requests-of', sale, [cursor, limit, ...customers]);
  const [next = '0', ...texts] = values;
  const records: CustomerRecord[] = [];
  for (let i = 0; i < texts.length; i += 3) {
    const [tail = '', request = '', hold = ''] = texts.slice(i, i + 3);
    records.push({ tail, request: unpackRequest(request), hold: hold === '' ? null : unpackHold(hold) });
  }
  return { cursor: next, records };
}

/** `busy` names requests that are undecided or held: then nothing was changed. */
export type ErasedPage = { kind: 'erased'; cursor: string } | { kind: 'busy'; tails: string[] };

/** Puts a pseudonym in a customer's place, among about `limit` of all records of a sale (lua/erase.lua). */
export async function eraseRecords(
  ledger: Ledger,
  sale: SaleRef,
  cursor: string,
  limit: number,
  names: { customerId: string; pseudonym: string },
): Promise<ErasedPage> {
  const { status, values } = await ledger.run('erase', sale, [cursor, limit, names.customerId, names.pseudonym]);
  if (status === 'busy') return { kind: 'busy', tails: values };
  return { kind: 'erased', cursor: values[0] ?? '0' };
}
