import type { SaleAvailability } from './availability.view.js';
import type { SaleView } from './sale.view.js';

/** A sale ten seconds after it opened, as its stream tells it. */
export const SALE_EXAMPLE: SaleView = {
  ...{ id: 'sale_k3v9x2m1qa', slug: 'midnight-drop', name: 'Midnight Drop', currency: 'EUR', status: 'open' },
  ...{ opensAt: '2026-11-21T20:00:00.000Z', closesAt: '2026-11-22T20:00:00.000Z' },
  ...{ holdTtlSeconds: 600, checkoutTtlSeconds: 900, unitsPerCustomerMax: 4 },
  ...{ extensionsMax: 1, extensionStepSeconds: 300 },
  skus: [
    { id: 'sku_4k2m9x0a1b3c', name: 'General admission', unitPrice: 4500, unitsPerCustomerMax: 4, labelled: false },
  ],
};

export const AVAILABILITY_EXAMPLE: SaleAvailability = {
  ...{ saleId: SALE_EXAMPLE.id, status: 'open', asOf: '2026-11-21T20:00:10.250Z', stale: false },
  skus: [
    {
      ...{ skuId: 'sku_4k2m9x0a1b3c', state: 'available', capacity: 1000 },
      ...{ available: 812, held: 120, checkout: 8, sold: 60, blocked: 0 },
      nextExpiryAt: '2026-11-21T20:10:00.004Z',
    },
  ],
};
