import type { Payment, PaymentOutcome } from '../../src/checkout/payment.js';
import { type CrashPoint, watchCrashPoints } from '../../src/crash-points.js';
import { parseReservationId } from '../../src/inventory/reservation-ref.js';
import { LedgerHarness } from '../ledger-harness.js';
import { CHECKOUT_TTL_MS, type LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const HOLD_TTL_MS = 600_000;

/** Ids that are derived from one another need a tail of the right alphabet; the ledger asks no more of it. */
async function expired(how: 'held' | 'pinned' = 'pinned'): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 4 }, { units: 3 }] });
  await sale.reserve({ id: 'a', lines: '1x2 2#3' });
  if (how === 'pinned') {
    await sale.pin('a');
    await sale.advance(CHECKOUT_TTL_MS);
    await harness.checkouts.expireWindows();
  } else {
    await sale.advance(HOLD_TTL_MS);
    await harness.sweep.runOnce(sale);
  }
  expect(await sale.row('a')).toMatchObject({ status: 'expired' });
  await sale.balanced();
  return sale;
}

async function pay(sale: LedgerSale, paymentReference = 'pay_1'): Promise<PaymentOutcome> {
  const payment: Payment = { reservationId: sale.rowId('a'), paymentReference, amount: null, currency: null };
  const first = await harness.confirm.confirm(payment);
  const ref = parseReservationId(payment.reservationId);
  if (!ref) throw new Error('not the id of a reservation');
  return first.kind === 'late' ? harness.late.confirm(ref, payment, first.row) : first;
}

/** What was held again for the payment, newest first. */
function reheld(sale: LedgerSale): Promise<{ id: string; status: string; end_reason: string | null }[]> {
  return harness.postgres.query(
    `SELECT id, status, end_reason FROM reservations WHERE sale_id = $1 AND mode = 'rehold' ORDER BY hold_sequence DESC`,
    [sale.id],
  );
}

/** The process gets no further than this. */
function endAt(point: CrashPoint): void {
  watchCrashPoints((at) => (at === point ? Promise.reject(new Error('the process ends here')) : undefined));
}

async function crashed(at: CrashPoint): Promise<LedgerSale> {
  const sale = await expired();
  endAt(at);
  await expect(pay(sale)).rejects.toThrow('the process ends here');
  watchCrashPoints(undefined);
  await sale.balanced();
  return sale;
}

const deliver = async (): Promise<void> => {
  while ((await harness.relay.runOnce()) > 0);
};

const SOLD = ['2 0 0 2 0 / 4', '2 0 0 1 0 / 3'];
const FREE = ['4 0 0 0 0 / 4', '3 0 0 0 0 / 3'];

// What a repeat makes of it, test/crash-matrix finds out.
describe.each<CrashPoint>([
  ...(['late.rehold', 'hold.journal', 'hold.announce', 'pin.pin', 'pin.journal', 'late.write', 'late.answer'] as const),
])('a process that ends at %s', (point) => {
  it('keeps nothing of what nobody asks for again', async () => {
    const sale = await crashed(point);
    const ordered = (await sale.row('a'))?.status === 'confirmed';
    for (let look = 0; look < 3; look++) {
      await sale.advance(HOLD_TTL_MS);
      await harness.sweep.runOnce(sale);
      for (const tails of harness.queue.batches.splice(0)) await harness.batches.run(sale, tails);
      await harness.reconcilePins.runOnce(sale);
      await harness.checkouts.expireWindows();
      await deliver();
      await sale.balanced();
    }
    expect(await sale.counts()).toEqual(ordered ? SOLD : FREE);
    const left = (await reheld(sale)).map(({ status }) => status);
    expect(left.filter((status) => status === 'held' || status === 'checkout')).toEqual([]);
    // Long afterwards the payment still has one outcome, and it is the order.
    expect(await pay(sale)).toMatchObject({ kind: 'ordered', created: !ordered });
    await deliver();
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
  });
});

describe('what was held again for a payment and has ended', () => {
  it('is no reason to refuse the payment while Redis has not been told of its end', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }], perCustomerMax: 1 });
    await sale.reserve({ id: 'a', lines: '1x1' });
    await sale.advance(HOLD_TTL_MS);
    await harness.sweep.runOnce(sale);
    endAt('late.write');
    await expect(pay(sale)).rejects.toThrow('the process ends here');
    watchCrashPoints(undefined);
    await sale.advance(HOLD_TTL_MS + CHECKOUT_TTL_MS);
    await harness.checkouts.expireWindows();
    expect(await pay(sale)).toMatchObject({ kind: 'ordered' });
    await sale.balanced();
    await deliver();
    expect(await sale.counts()).toEqual(['0 0 0 1 0 / 1']);
    await sale.balanced();
  });
});

describe('what Redis is told of a late payment', () => {
  const steps = {
    void: (sale: LedgerSale) => sale.run('void', sale.tail('a'), 'expired', 4),
    settle: async (sale: LedgerSale) => {
      const [again] = await reheld(sale);
      return sale.run('settle', parseReservationId(again?.id ?? '')?.tail ?? '', 4);
    },
    restock: async (sale: LedgerSale) => {
      const [again] = await reheld(sale);
      const lines = '1 1000 2 0 1,2;2 2000 1 1 3';
      const heldAs = parseReservationId(again?.id ?? '')?.tail ?? '';
      return sale.run('restock', sale.tail('a'), (await sale.row('a'))?.version ?? 0, heldAs, 'ann', lines);
    },
  };

  it.each([
    'void settle restock',
    'void restock settle',
    'settle void restock',
    'settle restock void',
    'restock settle void',
    'restock void settle restock',
  ])('may come in any order, and again: %s', async (order) => {
    const sale = await expired();
    expect(await pay(sale)).toMatchObject({ kind: 'ordered' });
    await sale.balanced();
    expect(await sale.cancel('a', true)).toBe('cancelled');
    await sale.balanced();
    for (const step of [...order.split(' '), ...order.split(' ')]) {
      await steps[step as keyof typeof steps](sale);
      await sale.balanced();
    }
    expect(await sale.counts()).toEqual(FREE);
  });

  it('is the fact of the reservation that was paid for, with the hold that its units are in', async () => {
    const sale = await expired();
    await pay(sale);
    const [again] = await reheld(sale);
    const facts = await harness.postgres.query(
      `SELECT reservation_id, sequence, payload FROM outbox WHERE sale_id = $1 AND kind = 'reservation.confirmed'`,
      [sale.id],
    );
    const orderId = (await sale.row('a'))?.order_id;
    expect(facts).toEqual([
      { reservation_id: sale.rowId('a'), sequence: 5, payload: { orderId, heldAs: again?.id, heldAsVersion: 4 } },
    ]);
  });

  it('does not matter after a rebuild', async () => {
    const sale = await expired();
    await pay(sale);
    await sale.loseRedis();
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    await deliver();
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
  });
});

describe('two payments that are late', () => {
  it('are decided once when both hold units: those of the other go back', async () => {
    const sale = await expired('held');
    const finish = harness.postgres.transaction.bind(harness.postgres);
    let other: PaymentOutcome | undefined;
    let orders = 0;
    jest.spyOn(harness.postgres, 'transaction').mockImplementation(async (work, begin) => {
      // Both have pinned their units when the second one is first to write its order.
      if (begin === undefined && ++orders === 2) other = await pay(sale, 'pay_2');
      return finish(work, begin);
    });
    const first = await pay(sale, 'pay_1');
    expect(other).toMatchObject({ kind: 'ordered', order: { paymentReference: 'pay_2' } });
    expect(first).toMatchObject({ kind: 'refused', refusal: { code: 'already-confirmed' } });
    expect(await reheld(sale)).toMatchObject([
      { status: 'confirmed' },
      { status: 'released', end_reason: 'payment-decided' },
    ]);
    await deliver();
    expect(await sale.counts()).toEqual(['2 0 0 2 0 / 4', '2 0 0 1 0 / 3']);
    await sale.balanced();
  });
});

describe('while Redis is out of reach', () => {
  it('a late payment has no outcome, and is never refused', async () => {
    const sale = await expired();
    await harness.connection.redis.unlink(sale.redisKey('meta'));
    await expect(pay(sale)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(
      await harness.postgres.query('SELECT 1 FROM payment_outcomes WHERE reservation_id = $1', [sale.rowId('a')]),
    ).toEqual([]);
    expect(await sale.rebuild()).toBe(1);
    expect(await pay(sale)).toMatchObject({ kind: 'ordered' });
    await sale.balanced();
  });
});
