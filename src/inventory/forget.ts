import type { Ledger } from './ledger.js';
import type { SaleRef } from './sale-keys.js';

export interface ForgottenPage {
  /** Where the next page begins; '0' when this was the last. */
  readonly cursor: string;
  readonly seen: number;
  readonly forgotten: number;
}

/** Removes records of requests that are over and at least `ageMs` old, among about `limit` of them (lua/forget.lua). */
export async function forgetRequests(
  ledger: Ledger,
  sale: SaleRef,
  cursor: string,
  ageMs: number,
  limit: number,
): Promise<ForgottenPage> {
  const { values } = await ledger.run('forget', sale, [cursor, ageMs, limit]);
  const [next = '0', seen, forgotten] = values;
  return { cursor: next, seen: Number(seen), forgotten: Number(forgotten) };
}
