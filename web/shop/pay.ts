import { ProblemError, problemOf } from '@holdfast/client/problem-error';
import { repeat } from '@holdfast/client/repeat';
import type { Card, PaymentList, PaymentView } from '../../src/demo-shop/payment.view.js';
import { buyerHeaders } from './server.js';
import { shortened, wireLog } from './wire-log.js';

/** The shop's own backend, which has the storefront key. */
async function askBackend<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: { ...buyerHeaders(), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => Promise.reject(ProblemError.unreachable(error)));
  wireLog.note(`${method} ${shortened(path)}`, String(answer.status), !answer.ok);
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as T;
}

const pathOf = (reservationId: string): string => `/demo/reservations/${reservationId}/payments`;

/** Begins a payment; where one is under way it is that one, so a repeat pays once. */
export const beginPayment = (reservationId: string, card: Card): Promise<PaymentView> =>
  repeat(() => askBackend<PaymentView>('POST', pathOf(reservationId), { card }));

/** The last payment, as soon as it is not under way any more; null where there was none. Each question waits at the server's side. */
export async function settledPayment(reservationId: string, stop: AbortSignal): Promise<PaymentView | null> {
  for (;;) {
    const { items } = await repeat(() => askBackend<PaymentList>('GET', pathOf(reservationId)), {
      ...{ patienceMs: 600_000, stop },
    });
    const [latest = null] = items;
    if (latest?.status !== 'processing' || stop.aborted) return latest;
  }
}
