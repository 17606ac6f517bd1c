import { EndCheckout } from '../../../src/checkout/end-checkout.js';
import { EndReservation } from '../../../src/checkout/end-reservation.js';
import { PinReservation } from '../../../src/checkout/pin-reservation.js';
import type { CrashPoint } from '../../../src/crash-points.js';
import { ReconcilePins } from '../../../src/reconcile/reconcile-pins.js';
import { CHECKOUT_TTL_MS, type LedgerSale } from '../../ledger-sale.js';
import type { Stage } from '../stage.js';
import type { Plot, Transition } from '../transition.js';
import { refOf, saleRef, tenUnits } from './reservations.js';

const PIN_GRACE_MS = 12_000;

/** A sale with a hold `a` of two units, and what `then` makes of it. */
export async function held(stage: Stage, then?: (sale: LedgerSale) => Promise<unknown>): Promise<LedgerSale> {
  const sale = await tenUnits(stage);
  await sale.reserve({ id: 'a', lines: '1x2' });
  await then?.(sale);
  return sale;
}

/** What is left of ten units, and how the row of `a` ends. */
export function endsAs(sale: LedgerSale, counts: string, status: string): Plot['end'] {
  return async () => {
    expect(await sale.counts()).toEqual([counts]);
    expect(await sale.row('a')).toMatchObject({ status });
  };
}

export const FREE = '10 0 0 0 0 / 10';
const PINNED = '8 0 2 0 0 / 10';
export const SOLD = '8 0 0 2 0 / 10';
export const PIN: CrashPoint[] = ['pin.pin', 'pin.journal', 'pin.answer'];

const PINS: Transition[] = [
  {
    name: 'pin a hold',
    order: PIN,
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage);
      return {
        sale,
        act: (app) => app.call(PinReservation, 'pin', refOf(sale, 'a')),
        end: endsAs(sale, PINNED, 'checkout'),
      };
    },
  },
  {
    name: 'complete a pin whose asker died',
    order: ['pins.complete', 'pins.forget'],
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.run('pin', it.tail('a')));
      await sale.advance(PIN_GRACE_MS);
      return {
        sale,
        act: (app) => app.call(ReconcilePins, 'runOnce', saleRef(sale)),
        end: endsAs(sale, PINNED, 'checkout'),
      };
    },
  },
  {
    name: 'give back a pin whose row has ended',
    order: ['pins.complete', 'pins.void', 'pins.forget'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.run('pin', it.tail('a')));
      await stage.harness.postgres.query(
        `UPDATE reservations SET status = 'expired', version = 4, ended_at = ledger_now() WHERE id = $1`,
        [sale.rowId('a')],
      );
      await sale.advance(PIN_GRACE_MS);
      return {
        sale,
        act: (app) => app.call(ReconcilePins, 'runOnce', saleRef(sale)),
        end: endsAs(sale, FREE, 'expired'),
      };
    },
  },
  {
    name: 'settle a pin whose row is confirmed',
    order: ['pins.complete', 'pins.settle', 'pins.forget'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, async (it) => (await it.pin('a'), it.confirm('a')));
      await stage.harness.postgres.query('UPDATE outbox SET delivered_at = now()');
      await sale.advance(PIN_GRACE_MS);
      return {
        sale,
        act: (app) => app.call(ReconcilePins, 'runOnce', saleRef(sale)),
        end: endsAs(sale, SOLD, 'confirmed'),
      };
    },
  },
];

const VOIDS: Transition[] = [
  {
    name: 'void a checkout',
    order: ['release.end', 'release.pin', 'void.write', 'void.give-back', 'void.answer'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      return {
        sale,
        act: (app) => app.call(EndReservation, 'end', refOf(sale, 'a'), null),
        end: endsAs(sale, FREE, 'released'),
      };
    },
  },
  {
    name: 'void a checkout while Redis is away',
    order: ['release.end', 'void.write', 'void.give-back', 'void.answer'],
    redisAway: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      return {
        sale,
        act: (app) => app.call(EndReservation, 'end', refOf(sale, 'a'), null),
        end: endsAs(sale, FREE, 'released'),
      };
    },
  },
  {
    name: 'end a payment window',
    order: ['windows.end'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      await sale.advance(CHECKOUT_TTL_MS);
      return { sale, act: (app) => app.call(EndCheckout, 'expireWindows'), end: endsAs(sale, FREE, 'expired') };
    },
  },
];

export const CHECKOUT: Transition[] = [...PINS, ...VOIDS];
