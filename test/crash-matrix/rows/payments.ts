import { CancelOrder } from '../../../src/checkout/cancel-order.js';
import { ConfirmReservation } from '../../../src/checkout/confirm-reservation.js';
import type { CrashPoint } from '../../../src/crash-points.js';
import { Relay } from '../../../src/events/relay.js';
import { CHECKOUT_TTL_MS, type LedgerSale } from '../../ledger-sale.js';
import type { Stage } from '../stage.js';
import type { Plot, Transition } from '../transition.js';
import { endsAs, FREE, held, PIN, SOLD } from './checkout.js';
import { refOf } from './reservations.js';

const CONFIRM: CrashPoint[] = ['confirm.write', 'confirm.commit', 'confirm.answer'];

const paymentOf = (sale: LedgerSale): Parameters<ConfirmReservation['confirm']>[1] => ({
  ...{ reservationId: sale.rowId('a'), paymentReference: 'pay_1', amount: null, currency: null },
});

/** As `endsAs`, and there is one order, for one payment. */
function isOrderedOnce(stage: Stage, sale: LedgerSale): Plot['end'] {
  return async () => {
    await endsAs(sale, '8 0 0 2 0 / 10', 'confirmed')();
    const orders = await stage.harness.postgres.query('SELECT status FROM orders WHERE sale_id = $1', [sale.id]);
    expect(orders).toEqual([{ status: 'confirmed' }]);
    const outcomes = await stage.harness.postgres.query('SELECT 1 FROM payment_outcomes WHERE reservation_id = $1', [
      sale.rowId('a'),
    ]);
    expect(outcomes).toHaveLength(1);
  };
}

const CONFIRMS: Transition[] = [
  {
    name: 'confirm what is pinned',
    order: CONFIRM,
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      return {
        sale,
        act: (app) => app.call(ConfirmReservation, 'confirm', refOf(sale, 'a'), paymentOf(sale)),
        end: isOrderedOnce(stage, sale),
      };
    },
  },
  {
    name: 'confirm what is pinned while Redis is away',
    order: CONFIRM,
    redisAway: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      return {
        sale,
        act: (app) => app.call(ConfirmReservation, 'confirm', refOf(sale, 'a'), paymentOf(sale)),
        end: isOrderedOnce(stage, sale),
      };
    },
  },
  {
    name: 'confirm what is held',
    order: [...CONFIRM, ...PIN, ...CONFIRM],
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await held(stage);
      return {
        sale,
        act: (app) => app.call(ConfirmReservation, 'confirm', refOf(sale, 'a'), paymentOf(sale)),
        end: isOrderedOnce(stage, sale),
      };
    },
  },
  {
    name: 'pay late for what was pinned',
    order: [
      ...([
        ...CONFIRM,
        'late.give-back',
        'late.rehold',
        'hold.decide',
        'hold.journal',
        'hold.announce',
        'hold.tell',
      ] as CrashPoint[]),
      ...([...PIN, 'late.write', 'late.answer'] as CrashPoint[]),
    ],
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      await sale.advance(CHECKOUT_TTL_MS);
      await stage.harness.checkouts.expireWindows();
      return {
        sale,
        act: (app) => app.call(ConfirmReservation, 'confirm', refOf(sale, 'a'), paymentOf(sale)),
        end: isOrderedOnce(stage, sale),
      };
    },
  },
  {
    name: 'pay late for a hold that nobody has seen expire',
    order: [
      ...([
        ...CONFIRM,
        'pin.pin',
        'late.end',
        'late.journal',
        ...CONFIRM,
        'late.give-back',
        'late.rehold',
      ] as CrashPoint[]),
      ...([
        'hold.decide',
        'hold.journal',
        'hold.announce',
        'hold.tell',
        ...PIN,
        'late.write',
        'late.answer',
      ] as CrashPoint[]),
    ],
    struckAt: ['late.end', 'late.journal'],
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await held(stage);
      await sale.advance(60_000);
      return {
        sale,
        act: (app) => app.call(ConfirmReservation, 'confirm', refOf(sale, 'a'), paymentOf(sale)),
        end: isOrderedOnce(stage, sale),
      };
    },
  },
];

const cancel =
  (sale: LedgerSale, restock: boolean): Plot['act'] =>
  async (app) => {
    const id = (await sale.row('a'))?.order_id ?? '';
    return app.call(CancelOrder, 'cancel', id, { restock, reason: 'a test', actor: 'admin:a-test' });
  };

const DELIVERIES: Transition[] = [
  {
    name: 'settle an order',
    order: ['relay.settle', 'relay.mark'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, async (it) => (await it.pin('a'), it.confirm('a')));
      return { sale, act: (app) => app.call(Relay, 'runOnce'), end: isOrderedOnce(stage, sale) };
    },
  },
  {
    name: 'deliver a void',
    order: ['relay.void', 'relay.mark'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.pin('a'));
      await stage.harness.checkouts.release(sale.rowId('a'), null);
      return { sale, act: (app) => app.call(Relay, 'runOnce'), end: endsAs(sale, FREE, 'released') };
    },
  },
  {
    name: 'cancel an order with restock',
    order: ['cancel.write', 'cancel.answer'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.sell('a'));
      return { sale, act: cancel(sale, true), end: endsAs(sale, FREE, 'confirmed') };
    },
  },
  {
    name: 'cancel an order without restock',
    order: ['cancel.write', 'cancel.answer'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, (it) => it.sell('a'));
      return { sale, act: cancel(sale, false), end: endsAs(sale, SOLD, 'confirmed') };
    },
  },
  {
    name: 'restock a cancelled order',
    order: ['relay.settle', 'relay.restock', 'relay.mark'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await held(stage, async (it) => (await it.pin('a'), it.confirm('a')));
      await sale.cancel('a', true);
      return { sale, act: (app) => app.call(Relay, 'runOnce'), end: endsAs(sale, FREE, 'confirmed') };
    },
  },
];

export const PAYMENTS: Transition[] = [...CONFIRMS, ...DELIVERIES];
