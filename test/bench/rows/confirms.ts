import { onPostgres } from '../bench-stores.js';
import type { Sample } from '../load/run-load.js';
import type { Round } from '../round.js';
import { seedHolds, writeValues } from '../seed.js';
import { atLeast, type Row } from './row.js';

/** More reservations than either can confirm within a round. */
const CONFIRMS_PER_SECOND_MAX = 8_000;
const ORDERS_PER_SECOND_MAX = 3_000;

/** Reservations in checkout, each confirmed once: order, line, sold unit, outcome, journal and outbox in one commit. */
async function confirm({ arena }: Round): Promise<Sample> {
  const holdfast = await arena.holdfast();
  const sale = await holdfast.sell();
  const { warmSeconds, seconds } = arena.pace;
  const count = Math.ceil((warmSeconds + seconds) * CONFIRMS_PER_SECOND_MAX);
  const ids = await seedHolds(arena.stores, holdfast, sale, { count, status: 'checkout' });
  return arena.load('confirm', 'reserve', {
    ...{ port: holdfast.port, method: 'POST', path: '/v1/reservations/{n}/confirm', status: 201 },
    ...{ headers: { authorization: holdfast.key }, body: '{"paymentReference":"paid-{n}"}' },
    valuesFile: writeValues(arena.stores, 'confirms', ids),
  });
}

let orders = 0;

/** One nested create of an order with its line, for a reservation that is there. */
async function order({ arena }: Round): Promise<Sample> {
  const { databaseUrl = '', request } = await arena.contender('prisma-order');
  const { warmSeconds, seconds } = arena.pace;
  const count = Math.ceil((warmSeconds + seconds) * ORDERS_PER_SECOND_MAX);
  const ids = Array.from({ length: count }, () => `rsv_${String(++orders).padStart(42, '0')}`);
  await onPostgres(databaseUrl, [
    `INSERT INTO sales (id, key, slug, name, currency, hold_ttl_seconds, checkout_ttl_seconds, queue_timeout_seconds,
       extensions_max, extension_step_seconds, hold_age_seconds_max, updated_at)
     VALUES ('sale', 'sale', 'sale', 'sale', 'EUR', 600, 600, 30, 0, 5, 600, now()) ON CONFLICT DO NOTHING`,
    `INSERT INTO reservations (id, sale_id, customer_id, status, epoch, version, hold_sequence, mode, fingerprint, lines,
       total, queued_at, held_at, expires_at)
     SELECT 'rsv_' || lpad(n::text, 42, '0'), 'sale', 'c_42', 'checkout', 1, 2, n, 'all', '', '[]', 4500, now(), now(), now()
     FROM generate_series(${orders - count + 1}, ${orders}) AS n`,
  ]);
  return arena.load('prisma-order', 'prisma-order', {
    ...{ ...request, path: '/reservations/{n}/confirm', body: '{"paymentReference":"paid-{n}"}', status: 201 },
    valuesFile: writeValues(arena.stores, 'orders', ids),
  });
}

export const CONFIRM_ROWS: readonly Row[] = [
  {
    ...{ name: 'confirm', figure: 'confirm (order committed) ÷ Prisma nested create', asked: '≥ 15', unit: '×' },
    reached: atLeast(15),
    measure: async (round) => (await confirm(round)).perSecond / (await order(round)).perSecond,
  },
];
