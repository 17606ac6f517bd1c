import { SignJWT } from 'jose';
import { TEST_JWT_SECRET } from '../settings.js';
import type { Answer, HttpClient, Sent } from './http-client.js';

export const STOREFRONT_KEY = 'hf_sk_a-storefront-of-the-tests';
export const ADMIN_KEY = 'hf_ak_an-operator-of-the-tests';

export interface LineAsked {
  skuId: string;
  quantity?: number;
  units?: string[];
}

export interface ReserveAsked {
  customerId?: string;
  lines: LineAsked[];
  mode?: 'all' | 'partial';
  metadata?: Record<string, unknown>;
}

export interface ReserveHow {
  key?: string;
  /** Seconds of `Prefer: wait`. */
  wait?: number;
}

/** The routes of buyers and storefronts, called with one credential; the processes are taken in turn. */
export class Storefront {
  private turn = 0;

  constructor(
    private readonly client: HttpClient,
    private readonly urls: readonly string[],
    private readonly credential: string,
  ) {}

  send(sent: Sent): Promise<Answer> {
    const url = this.urls[this.turn++ % this.urls.length] ?? '';
    const headers = { authorization: `Bearer ${this.credential}`, ...sent.headers };
    return this.client.send(url, { ...sent, headers });
  }

  reserve(saleId: string, body: ReserveAsked, { key, wait }: ReserveHow = {}): Promise<Answer> {
    const headers = { ...(key && { 'idempotency-key': key }), ...(wait && { prefer: `wait=${wait}` }) };
    return this.send({ method: 'POST', path: `/v1/sales/${saleId}/reservations`, headers, body });
  }

  read(id: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'GET', path: `/v1/reservations/${id}`, headers });
  }

  list(saleId: string, query: string): Promise<Answer> {
    return this.send({ method: 'GET', path: `/v1/sales/${saleId}/reservations${query}` });
  }

  extend(id: string): Promise<Answer> {
    return this.send({ method: 'POST', path: `/v1/reservations/${id}/extend` });
  }

  end(id: string, query = ''): Promise<Answer> {
    return this.send({ method: 'DELETE', path: `/v1/reservations/${id}${query}` });
  }

  checkout(id: string): Promise<Answer> {
    return this.send({ method: 'POST', path: `/v1/reservations/${id}/checkout` });
  }

  confirm(id: string, paymentReference: string, paid: { amount?: number; currency?: string } = {}): Promise<Answer> {
    const body = { paymentReference, ...paid };
    return this.send({ method: 'POST', path: `/v1/reservations/${id}/confirm`, body });
  }

  order(id: string): Promise<Answer> {
    return this.send({ method: 'GET', path: `/v1/orders/${id}` });
  }

  orders(query: string): Promise<Answer> {
    return this.send({ method: 'GET', path: `/v1/orders${query}` });
  }

  cancel(orderId: string, restock: boolean, headers: Record<string, string> = {}): Promise<Answer> {
    const body = { restock, reason: 'the customer called' };
    return this.send({ method: 'POST', path: `/v1/orders/${orderId}/cancel`, headers, body });
  }

  availability(saleId: string): Promise<Answer> {
    return this.send({ method: 'GET', path: `/v1/sales/${saleId}/availability` });
  }
}

export function buyerToken(customerId: string, claims: Record<string, string> = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(customerId)
    .setIssuer('holdfast')
    .setAudience('holdfast')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(TEST_JWT_SECRET));
}
