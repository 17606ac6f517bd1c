import { Problem } from '../problems.js';
import type { ReservationResource } from './reservation-resource.js';
import type { ReservationStatus } from './reservation.js';

/** Its members alone: an example is no instance. */
type Example = Omit<ReservationResource, never>;

const LINE = { skuId: 'sku_4k2m9x0a1b3c', quantity: 2, unitPrice: 4500 };
const NOTHING_YET = { heldAt: null, expiresAt: null, checkoutExpiresAt: null, extensionsLeft: 0, orderId: null };

const QUEUED: Example = {
  ...{ id: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4', saleId: 'sale_k3v9x2m1qa', customerId: 'c_42' },
  ...{ status: 'queued', lines: [{ ...LINE, units: [] }], currency: 'EUR', total: 0 },
  ...{ queuedAt: '2026-11-21T20:00:00.000Z', ...NOTHING_YET, problem: null, metadata: { cart: '9911' }, version: 1 },
};

const HELD: Example = {
  ...QUEUED,
  ...{ status: 'held', lines: [{ ...LINE, units: ['17', '18'] }], total: 9000 },
  ...{ heldAt: '2026-11-21T20:00:00.004Z', expiresAt: '2026-11-21T20:10:00.004Z', extensionsLeft: 1, version: 2 },
};

const CHECKOUT: Example = {
  ...{ ...HELD, status: 'checkout', checkoutExpiresAt: '2026-11-21T20:16:30.120Z', extensionsLeft: 0, version: 3 },
};

const SHORT = new Problem('units-unavailable', 'Not enough units are available now; held ones may come back.', {
  lines: [
    {
      ...{ skuId: LINE.skuId, requested: 2, available: 0, heldByOthers: 7 },
      nextExpiryAt: '2026-11-21T20:04:10.512Z',
    },
  ],
});

/** One reservation in each of its states, whole, as its stream tells it. */
export const RESERVATION_EXAMPLES: Record<ReservationStatus, Example> = {
  queued: QUEUED,
  held: HELD,
  checkout: CHECKOUT,
  confirmed: { ...CHECKOUT, status: 'confirmed', orderId: 'ord_8m2k4x0a9b3c7d1e5f6g', version: 4 },
  rejected: { ...QUEUED, status: 'rejected', problem: SHORT.body(), version: 2 },
  released: { ...HELD, status: 'released', extensionsLeft: 0, version: 3 },
  expired: { ...HELD, status: 'expired', extensionsLeft: 0, version: 3 },
};
