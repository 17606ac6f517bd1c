// A storefront's backend in one sitting: it sells twenty tickets, each once, also when the service is restarted in the
// middle; then it meets every refusal that it can cause, and says what to do about each.
//
//   npm start                 in one terminal; then, in another
//   npm run example           (kill and start the service while it runs, if you like)
//
// Elsewhere: HOLDFAST_URL=https://… STOREFRONT_API_KEY=… ADMIN_API_KEY=… npm run example
import { randomUUID } from 'node:crypto';
import { type Answer, Client, type Problem, Refused } from './client.js';
import { meetRefusals } from './refusals.js';
import { type Sale, setStage } from './stage.js';

export interface Reservation {
  readonly id: string;
  readonly status: 'queued' | 'held' | 'checkout' | 'confirmed' | 'released' | 'expired' | 'rejected';
  readonly total: number;
  readonly currency: string;
  readonly problem: Problem | null;
}

export interface Order {
  readonly id: string;
  readonly reservationId: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly lines: readonly { readonly skuId: string; readonly units: readonly string[] }[];
}

const TICKETS = 20;

/** Holds one unit for a customer. Throws `Refused` where the answer is no. */
export async function hold(shop: Client, sale: Sale, customerId: string): Promise<Reservation> {
  // One key for one wish of one customer: store it with the cart before the first try.
  const idempotencyKey = randomUUID();
  const body = { customerId, lines: [{ skuId: sale.skus[0]?.id, quantity: 1 }], metadata: { cart: idempotencyKey } };
  const path = `/v1/sales/${sale.id}/reservations`;
  // 201: held. 409: refused. 202: written down and queued; it will be decided whatever happens to us. 200: we asked before.
  const answer = await shop.call<Reservation | Problem>('POST', path, { body, idempotencyKey, prefer: 'wait=5' });
  return untilDecided(shop, answer);
}

/** Asks after a queued reservation until it is decided; each question waits at the server's side. */
async function untilDecided(shop: Client, first: Answer<Reservation | Problem>): Promise<Reservation> {
  if (first.status >= 400) throw new Refused(first.body as Problem);
  let reservation = first.body as Reservation;
  while (reservation.status === 'queued') {
    reservation = await shop.must<Reservation>('GET', `/v1/reservations/${reservation.id}`, { prefer: 'wait=10' });
  }
  if (reservation.status === 'rejected' && reservation.problem) throw new Refused(reservation.problem);
  return reservation;
}

/** From the cart to the order. */
async function buy(shop: Client, sale: Sale, customerId: string): Promise<Order> {
  const held = await hold(shop, sale, customerId);
  // The customer goes to pay: from here on no deadline takes the units before checkoutExpiresAt. A repeat is the same pin.
  const pinned = await shop.must<Reservation>('POST', `/v1/reservations/${held.id}/checkout`);
  const paymentReference = await pay(customerId, pinned.total, pinned.currency);
  // One outcome for each reference. A 503 here is an unknown outcome: repeat, never refund on it; `must` does repeat.
  const body = { paymentReference, amount: pinned.total, currency: pinned.currency };
  const order = await shop.must<Order>('POST', `/v1/reservations/${held.id}/confirm`, { body });
  // Payment providers tell everything twice. The second time it is a 200 with the same order.
  const again = await shop.must<Order>('POST', `/v1/reservations/${held.id}/confirm`, { body });
  if (again.id !== order.id) throw new Error(`one payment made two orders: ${order.id}, ${again.id}`);
  return order;
}

/** Your payment provider stands here. Its reference names the payment; keep it with the reservation's id. */
function pay(customerId: string, amount: number, currency: string): Promise<string> {
  return Promise.resolve(`pay_${customerId}_${amount}_${currency}_${randomUUID()}`);
}

/** What was sold, read back from the service: as many orders as we were told, and no unit twice. */
async function checkOrders(shop: Client, orders: readonly Order[]): Promise<void> {
  const units = new Set<string>();
  for (const { id } of orders) {
    const order = await shop.must<Order>('GET', `/v1/orders/${id}`);
    if (order.status !== 'confirmed') throw new Error(`${id} is ${order.status}`);
    for (const { skuId, units: labels } of order.lines) for (const label of labels) units.add(`${skuId} ${label}`);
  }
  if (units.size !== orders.length) throw new Error(`${orders.length} orders have ${units.size} units`);
}

async function main(): Promise<void> {
  const url = process.env['HOLDFAST_URL'] ?? 'http://127.0.0.1:3000';
  const shop = new Client(url, process.env['STOREFRONT_API_KEY']);
  const stage = await setStage(new Client(url, process.env['ADMIN_API_KEY']));

  const orders: Order[] = [];
  for (let i = 1; i <= TICKETS; i++) {
    const order = await buy(shop, stage.open, `customer-${i}`);
    orders.push(order);
    console.log(`bought ${i} of ${TICKETS}: ${order.id}, unit ${order.lines[0]?.units.join()}`);
  }
  await checkOrders(shop, orders);
  console.log(`${orders.length} orders, each unit once; ${shop.repeats} requests had to be repeated\n`);

  const unmet = await meetRefusals(shop, stage, (line) => console.log(line));
  if (unmet.length > 0) throw new Error(`not met: ${unmet.join('; ')}`);
  console.log('\nevery refusal was met as expected');
}

await main();
