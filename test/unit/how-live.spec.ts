import { howLive, SILENT_MS_MAX } from '../../web/admin/live/how-live.js';

type Told = Parameters<typeof howLive>[0];
type Stats = NonNullable<Told['stats']>;
type OfSale = NonNullable<Stats['sale']>;

const NOW = 60_000;

const holds: NonNullable<OfSale['holds']> = {
  ...{ asOf: '2026-11-21T20:00:00.000Z', live: 0, liveUnits: 0, stepSeconds: 60 },
  ...{ ageHistogram: [], expiryForecast: [], topHolders: [] },
  outcomes: { ordered: 0, cancelled: 0, released: 0, expired: 0, holdToOrderRatio: null },
};

function told({
  queues = [],
  sale = {},
  ...more
}: { queues?: Stats['queues']; sale?: Partial<OfSale> } & Partial<Told>) {
  const totals = { capacity: 0, available: 0, held: 0, checkout: 0, sold: 0, blocked: 0 };
  const ofSale: OfSale = {
    ...{ saleId: 'sale_1', name: 'A sale', status: 'open', stale: false, skus: [], totals },
    ...{ undecidedRequests: 0, rates: null, holds, ...sale },
  };
  const of = { asOf: holds.asOf, sale: ofSale, queues, instances: [], workersAlive: 1, lastAuditId: null };
  return { connection: 'open', figuresAt: NOW, stats: of, availability: { stale: false }, ...more } as const;
}

describe('how live the dashboard is', () => {
  it.each<[string, Told]>([
    ['open', told({})],
    ['partly', told({ queues: null })],
    ['partly', told({ sale: { holds: null } })],
    ['partly', told({ sale: { stale: true } })],
    ['partly', told({ availability: { stale: true } })],
    ['partly', told({ figuresAt: NOW - SILENT_MS_MAX - 1 })],
    ['connecting', told({ figuresAt: null })],
    ['connecting', told({ stats: null })],
    ['lost', told({ connection: 'lost' })],
    ['over', told({ connection: 'over', queues: null })],
  ])('is %s', (how, of) => {
    expect(howLive(of, NOW)).toBe(how);
  });
});
