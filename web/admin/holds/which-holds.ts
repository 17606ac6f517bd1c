import type { Selection } from './change-holds.js';
import type { Hold } from './read-holds.js';

/** Which holds are looked at. */
export interface Wanted {
  /** In a customer's id, a reservation's, or the label of a unit. */
  readonly text: string;
  readonly skuId: string;
  readonly status: '' | Hold['status'];
  /** Ends within so many seconds; empty for any. */
  readonly within: string;
  /** Held for longer than so many seconds; empty for any. */
  readonly older: string;
}

export const ALL_HOLDS: Wanted = { text: '', skuId: '', status: '', within: '', older: '' };

/** `now` by the server's clock. */
export function fits(hold: Hold, { text, skuId, status, within, older }: Wanted, now: number): boolean {
  if (status !== '' && hold.status !== status) return false;
  if (skuId !== '' && !hold.lines.some((line) => line.skuId === skuId)) return false;
  if (within !== '' && Date.parse(hold.endsAt) - now > Number(within) * 1_000) return false;
  if (older !== '' && now - Date.parse(hold.heldAt) < Number(older) * 1_000) return false;
  return text === '' || isNamed(hold, text.trim().toLowerCase());
}

function isNamed({ id, customerId, lines }: Hold, text: string): boolean {
  if (customerId.toLowerCase().includes(text) || id.toLowerCase().startsWith(text)) return true;
  return lines.some(({ units }) => units.some((unit) => unit.toLowerCase() === text));
}

/** Those that were chosen, as the server is told of them: by what they have in common where that is all that is shown. */
export function selectionOf(saleId: string, wanted: Wanted, chosen: readonly Hold[], isAllShown: boolean): Selection {
  const { text, skuId, status, within, older } = wanted;
  if (!isAllShown || text !== '') {
    const ids = (of: Hold['status']): string[] => chosen.filter((hold) => hold.status === of).map(({ id }) => id);
    return { kind: 'ids', held: ids('held'), paying: ids('checkout') };
  }
  const filter = {
    saleId,
    ...(skuId !== '' && { skuId }),
    ...(status !== '' && { status }),
    ...(within !== '' && { expiringWithin: Number(within) }),
    ...(older !== '' && { olderThan: Number(older) }),
  };
  return { kind: 'filter', filter };
}
