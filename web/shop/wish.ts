import type { ReservationLine } from '@holdfast/client/reserve';

/** What somebody asked for, and the key under which they asked. */
export interface KeptWish {
  readonly saleId: string;
  readonly lines: readonly ReservationLine[];
  readonly idempotencyKey: string;
}

const KEPT = 'wish';

/** Kept from before the first try until there is an answer: a page that is reloaded asks again, with the same key. */
export function keepWish(wish: KeptWish): void {
  sessionStorage.setItem(KEPT, JSON.stringify(wish));
}

export function keptWish(saleId: string): KeptWish | null {
  const kept = sessionStorage.getItem(KEPT);
  const wish = kept === null ? null : (JSON.parse(kept) as KeptWish);
  return wish?.saleId === saleId ? wish : null;
}

export function forgetWish(): void {
  sessionStorage.removeItem(KEPT);
}
