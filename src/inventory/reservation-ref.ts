import type { By } from './by.js';
import type { SaleRef } from './sale-keys.js';

const SALE_KEY_LENGTH = 10;
const TAIL_LENGTH = 32;
const SHAPE = new RegExp(`^rsv_([a-z0-9]{${SALE_KEY_LENGTH}})([A-Za-z0-9_-]{${TAIL_LENGTH}})$`);

/** A reservation id taken apart: `rsv_`, the sale's key, and the tail that names the record in Redis. */
export interface ReservationRef {
  readonly id: string;
  readonly sale: SaleRef;
  readonly tail: string;
  /** Who asks for a change, for the history; left out: nobody who could be named. */
  readonly by?: By;
}

/** Null for what cannot be a reservation id. */
export function parseReservationId(id: string): ReservationRef | null {
  const [, key, tail] = SHAPE.exec(id) ?? [];
  if (!key || !tail) return null;
  return { id, sale: { id: `sale_${key}`, key }, tail };
}

export function reservationId(sale: SaleRef, tail: string): string {
  return `rsv_${sale.key}${tail}`;
}
