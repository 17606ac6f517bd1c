import type { Api, Schemas } from './api-client.js';
import { type Patience, repeat } from './repeat.js';

export type Reservation = Schemas['ReservationResource'];
/** So many units of a SKU, whichever; or the ones that are named. */
export type ReservationLine =
  { readonly skuId: string; readonly quantity: number } | { readonly skuId: string; readonly units: readonly string[] };

/** One wish of one customer. Whoever wishes for something else takes a new key. */
export interface Wish extends Patience {
  readonly saleId: string;
  readonly lines: readonly ReservationLine[];
  /** Keep it with the cart before the first try: the same key and lines always meet the same reservation. */
  readonly idempotencyKey: string;
  readonly metadata?: Record<string, unknown>;
}

/** 128 random bits, also on a page that came without TLS, where `crypto.randomUUID` is missing. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Asks for units: the answer is a reservation that is queued, and decided soon; follow it to hear how. Repeats itself
 * with the same key while the outcome is unknown. Throws the `ProblemError` of what was refused at the door.
 */
export async function reserve(
  api: Api,
  { saleId, lines, idempotencyKey, metadata, ...patience }: Wish,
): Promise<Reservation> {
  const body = {
    lines: lines.map((line) => ('units' in line ? { ...line, units: [...line.units] } : line)),
    ...(metadata && { metadata }),
  };
  const params = { path: { saleId }, header: { 'Idempotency-Key': idempotencyKey } };
  const { data } = await repeat(() => api.POST('/v1/sales/{saleId}/reservations', { params, body }), patience);
  if (!data) throw new Error('a reservation without a body');
  return data;
}
