import { randomChars } from '../../src/platform/ids.js';
import { CUSTOMERS } from './callers.js';
import type { Known } from './known.js';
import type { Wire } from './wire.js';

type Credentials = Readonly<Record<string, string | null>>;
interface Made {
  id: string;
  status: string;
  skus: { id: string }[];
}

/** Each try waits as long as the service lets one wait. */
const READS_MAX = 60;

/** What every walk begins with: an open sale with seats and places, a hold and an order in it. */
export async function setScene(wire: Wire, credentials: Credentials, known: Known): Promise<void> {
  const call = async (caller: string, path: string, body?: object): Promise<Made> => {
    const method = body ? 'POST' : 'GET';
    const headers = {
      ...{ authorization: credentials[caller] ?? '', prefer: 'wait=5' },
      ...(body && { 'content-type': 'application/json' }),
    };
    const { status, text } = await wire.send({ method, path, headers, payload: body && JSON.stringify(body) });
    if (status >= 300) throw new Error(`the scene of a walk could not be set: ${method} ${path} → ${status} ${text}`);
    const told = JSON.parse(text) as Made;
    known.learn('', told, true);
    return told;
  };
  const name = `fuzz-${randomChars(10)}`;
  const sale = await call('admin', '/v1/admin/sales', {
    ...{ name, slug: name, currency: 'EUR', unitsPerCustomerMax: 50, extensionsMax: 3 },
    skus: [
      {
        name: 'Seats',
        unitPrice: 9_000,
        units: ['A-1', 'A-2', 'A-3', 'A-4', 'A-12', 'A-13'].map((label) => ({ label })),
      },
      { name: 'Places', unitPrice: 4_500, capacity: 20 },
    ],
  });
  await call('admin', `/v1/admin/sales/${sale.id}/open`, { reason: 'fuzz' });
  const reserve = async (customerId: string): Promise<Made> => {
    const lines = [{ skuId: sale.skus[1]?.id, quantity: 1 }];
    let made = await call('service', `/v1/sales/${sale.id}/reservations`, { customerId, lines });
    // On a machine that is busy the answer may come before the decision.
    for (let reads = 0; made.status === 'queued' && reads < READS_MAX; reads++)
      made = await call('service', `/v1/reservations/${made.id}`);
    return made;
  };
  const [first, second, third] = CUSTOMERS;
  const sold = await reserve(second);
  await call('service', `/v1/reservations/${sold.id}/confirm`, { paymentReference: `pay_${name}` });
  await reserve(third);
  await reserve(first);
}
