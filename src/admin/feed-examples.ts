import { AVAILABILITY_EXAMPLE, SALE_EXAMPLE } from '../sales/sale-examples.js';
import type { HoldView } from './hold.view.js';
import { MEAN_SECONDS, type Rate, type RatesOfSale, SERIES_SECONDS } from './rates.dto.js';
import type { FeedReset, HoldChanges } from './stats-events.dto.js';
import { HISTOGRAM_STEPS, type HoldFigures, type Stats } from './stats.dto.js';

const STEP_SECONDS = 60;

/** The sale is open for as many seconds as are given here; before them there was nothing. */
function rate(...seconds: readonly number[]): Rate {
  const lastMinute = seconds.reduce((sum, each) => sum + each, 0);
  const before = Array.from({ length: SERIES_SECONDS - seconds.length }, () => 0);
  return { perSecond: lastMinute / MEAN_SECONDS, lastMinute, series: [...before, ...seconds] };
}

/** All steps of a histogram; `found` by the number of its step. */
function steps<T extends object>(none: T, found: Readonly<Record<number, Partial<T>>>) {
  return Array.from({ length: HISTOGRAM_STEPS + 1 }, (_, step) => {
    const toSeconds = step === HISTOGRAM_STEPS ? null : (step + 1) * STEP_SECONDS;
    return { fromSeconds: step * STEP_SECONDS, toSeconds, ...none, ...found[step] };
  });
}

const RATES: RatesOfSale = {
  until: '2026-11-21T20:00:10.000Z',
  requests: rate(14, 12, 11, 10, 10, 9, 9, 8, 8, 7),
  holds: rate(13, 12, 11, 10, 9, 9, 8, 8, 8, 7),
  heldUnits: rate(26, 24, 22, 20, 18, 18, 16, 16, 16, 14),
  confirms: rate(0, 0, 1, 2, 3, 4, 4, 5, 5, 6),
  releases: rate(0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
  expiries: rate(0),
  refusals: rate(1, 0, 0, 0, 1, 0, 1, 0, 0, 0),
  refusalsByCode: [{ code: 'customer-limit-reached', perSecond: 0.3, lastMinute: 3 }],
};

const HOLDS: HoldFigures = {
  ...{ asOf: '2026-11-21T20:00:10.240Z', live: 64, liveUnits: 128, stepSeconds: STEP_SECONDS },
  ageHistogram: steps({ holds: 0, units: 0 }, { 0: { holds: 64, units: 128 } }),
  expiryForecast: steps(
    { holds: 0, units: 0, checkouts: 0, checkoutUnits: 0 },
    { 9: { holds: 60, units: 120 }, 14: { checkouts: 4, checkoutUnits: 8 } },
  ),
  topHolders: ['c_42', 'c_118', 'c_7', 'c_15', 'c_23', 'c_31', 'c_64', 'c_70', 'c_88', 'c_91'].map((customerId, at) =>
    at < 2 ? { customerId, holds: 2, units: 4 } : { customerId, holds: 1, units: 2 },
  ),
  outcomes: { ordered: 30, cancelled: 0, released: 1, expired: 0, holdToOrderRatio: 30 / 31 },
};

export const STATS_EXAMPLE: Stats = {
  asOf: '2026-11-21T20:00:10.250Z',
  sale: {
    ...{ saleId: SALE_EXAMPLE.id, name: SALE_EXAMPLE.name, status: 'open', stale: false },
    skus: AVAILABILITY_EXAMPLE.skus.map((sku) => Object.assign({ name: 'General admission' }, sku)),
    totals: { capacity: 1000, available: 812, held: 120, checkout: 8, sold: 60, blocked: 0 },
    ...{ undecidedRequests: 0, rates: RATES, holds: HOLDS },
  },
  queues: [{ queue: 'reserve-0', jobs: 0, failed: 0, oldestAgeMs: 0 }],
  instances: [
    {
      ...{ id: 'run_4k2m9x0a1b', role: 'all', host: 'holdfast-1', startedAt: '2026-11-21T18:00:00.000Z' },
      ...{ seenAt: '2026-11-21T20:00:10.000Z', alive: true },
    },
  ],
  ...{ workersAlive: 1, lastAuditId: 4711 },
};

const HOLD: HoldView = {
  ...{ id: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4', saleId: SALE_EXAMPLE.id, customerId: 'c_42' },
  ...{ status: 'held', units: 2, currency: 'EUR', total: 9000 },
  lines: [{ skuId: 'sku_4k2m9x0a1b3c', quantity: 2, units: ['17', '18'], unitPrice: 4500 }],
  ...{ heldAt: '2026-11-21T20:00:00.004Z', expiresAt: '2026-11-21T20:15:00.004Z', checkoutExpiresAt: null },
  ...{ endsAt: '2026-11-21T20:15:00.004Z', extensions: 0, extensionsLeft: 1, ageSeconds: 95 },
  ...{ forLatePayment: false, version: 3 },
};

const BY_HAND = { saleId: SALE_EXAMPLE.id, actor: 'admin:key_4k2m9x0a1b3c', actorName: 'Night shift' };

/** An operator gave one customer five minutes more, and took back what another one held. */
export const CHANGES_EXAMPLE: HoldChanges = {
  ...{ saleId: SALE_EXAMPLE.id, asOf: '2026-11-21T20:01:35.120Z' },
  items: [
    {
      ...{ ...BY_HAND, place: '730-4709', reservationId: HOLD.id, customerId: HOLD.customerId },
      ...{ sequence: 3, kind: 'extended', at: '2026-11-21T20:01:34.981Z', until: HOLD.expiresAt },
      reason: 'the payment provider is slow',
      text: `Extended by an operator (Night shift) until ${HOLD.expiresAt}: “the payment provider is slow”.`,
      hold: HOLD,
    },
    {
      ...{ ...BY_HAND, place: '731-4711', reservationId: 'rsv_k3v9x2m1qaVt7c2N5hLx0RjWb9EyKp3GdSuZfAo6Qm8' },
      ...{ customerId: 'c_118', sequence: 3, kind: 'released', at: '2026-11-21T20:01:35.016Z', until: null },
      reason: 'the customer called',
      text: 'Given back by an operator (Night shift): “the customer called”.',
      hold: null,
    },
  ],
};

export const RESET_EXAMPLE: FeedReset = {
  saleId: SALE_EXAMPLE.id,
  why: 'More changed than can be told one by one: read the list of holds again.',
};
