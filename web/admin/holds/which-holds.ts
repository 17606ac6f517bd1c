import type { Hold } from './read-holds.js';

/** Which holds are looked at. */
export interface Wanted {
  /** In a customer's id, a reservation's, or the label of a unit. */
  readonly text: string;
  readonly skuId: string;
  readonly status: '' | Hold['status'];
  /** Ends within so many seconds; empty for any. */
  readonly within: string;
}

export const ALL_HOLDS: Wanted = { text: '', skuId: '', status: '', within: '' };

/** `now` by the server's clock. */
export function fits(hold: Hold, { text, skuId, status, within }: Wanted, now: number): boolean {
  if (status !== '' && hold.status !== status) return false;
  if (skuId !== '' && !hold.lines.some((line) => line.skuId === skuId)) return false;
  if (within !== '' && Date.parse(hold.endsAt) - now > Number(within) * 1_000) return false;
  return text === '' || isNamed(hold, text.toLowerCase());
}

function isNamed({ id, customerId, lines }: Hold, text: string): boolean {
  if (customerId.toLowerCase().includes(text) || id.toLowerCase().startsWith(text)) return true;
  return lines.some(({ units }) => units.some((unit) => unit.toLowerCase() === text));
}
