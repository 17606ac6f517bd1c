import type { Schemas } from '../../client/api-client.js';
import { ProblemError } from '../../client/problem-error.js';
import { api } from '../server.js';

export type Order = Schemas['OrderResource'];
type OrderPage = Schemas['OrderList'];

const PER_PAGE = 50;
const NONE: OrderPage = { items: [], nextCursor: null };

/** Null for an id that is none, or of nothing. */
async function orNone<T>(reading: Promise<{ data?: T }>): Promise<T | null> {
  try {
    return (await reading).data ?? null;
  } catch (error) {
    if (error instanceof ProblemError && [404, 422].includes(error.status)) return null;
    throw error;
  }
}

interface By {
  readonly customerId?: string;
  readonly paymentReference?: string;
  readonly reservationId?: string;
  readonly unit?: string;
}

const list = async (saleId: string, by: By, cursor: string | null): Promise<OrderPage> => {
  const query = { saleId, limit: PER_PAGE, ...by, ...(cursor !== null && { cursor }) };
  return (await orNone(api.GET('/v1/orders', { params: { query } }))) ?? NONE;
};

/** By what a customer has in hand: their own id, that of an order, a reservation or a payment, or the name of a unit. */
export async function findOrders(saleId: string, text: string, cursor: string | null): Promise<OrderPage> {
  if (text === '') return list(saleId, {}, cursor);
  if (text.startsWith('ord_')) {
    const order = await orNone(api.GET('/v1/orders/{id}', { params: { path: { id: text } } }));
    return order ? { items: [order], nextCursor: null } : NONE;
  }
  if (text.startsWith('rsv_')) return list(saleId, { reservationId: text }, null);
  const theirs = await list(saleId, { customerId: text }, cursor);
  if (cursor !== null) return theirs;
  const others = await Promise.all([
    list(saleId, { paymentReference: text }, null),
    list(saleId, { unit: text }, null),
  ]);
  const found = new Map([theirs, ...others].flatMap(({ items }) => items).map((order) => [order.id, order]));
  return { items: [...found.values()], nextCursor: theirs.nextCursor };
}
