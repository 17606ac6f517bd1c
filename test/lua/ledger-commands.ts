import { paying } from './late-commands.js';
import { Command, type Chosen, onOne, onOneOrHalf, type Real } from './model-command.js';
import fc from 'fast-check';
import type { Mode } from '../../src/inventory/records.js';
import { unpackHold } from '../../src/inventory/records.js';
import type { LedgerSale } from '../ledger-sale.js';
import type { LedgerModel } from './ledger-model.js';

const line = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 3 })).map(([sku, n]) => `${sku}x${n}`),
  },
  fc
    .tuple(fc.constantFrom(1, 2), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 2 }))
    .map(([sku, units]) => `${sku}#${units.join(',')}`),
);

const ask = fc.record({
  customer: fc.constantFrom('ann', 'bob', 'cyd'),
  mode: fc.constantFrom<Mode>('all', 'all', 'partial'),
  lines: fc.array(line, { minLength: 1, maxLength: 2 }).map((lines) => lines.join(' ')),
});

/** Asks, and mostly goes on to the end: decided, journalled, announced. */
const asking = fc.tuple(ask, fc.integer({ min: 0, max: 4 })).map(
  ([asked, dice]) =>
    new Command(
      `${dice > 0 ? 'reserve' : 'ask'} ${asked.customer} ${asked.mode} ${asked.lines}`,
      async (model, real) => {
        const id = `r${model.reservations.length}`;
        real.asked.set(id, asked);
        model.add(id, asked);
        await accept(id, model, real);
        if (dice > 0) await decide(4, model, real);
        if (dice > 1) await tell(true, model, real);
      },
    ),
);

async function accept(id: string, model: LedgerModel, { sale, asked }: Real): Promise<void> {
  const reservation = model.reservations.find((r) => r.id === id)!;
  if (reservation.mode === 'rehold') return;
  const [answer = ''] = await sale.accept({ id, ...asked.get(id)! });
  expect(answer.split(' ')[0]).toBe(model.accept(reservation));
}

/** The newest undecided requests, as one batch. */
async function decide(most: number, model: LedgerModel, { sale }: Real): Promise<void> {
  const batch = model.all((r) => r.waitsUntil !== null).slice(-most);
  if (batch.length === 0) return;
  const answers = await sale.hold(...batch.map(({ id }) => id));
  expect(answers.map((answer) => answer.replace(/^refused .*/, 'refused'))).toEqual(model.hold(batch));
}

/** Journals what is decided, and announces it unless the worker dies before. */
async function tell(announce: boolean, model: LedgerModel, { sale }: Real): Promise<void> {
  const batch = model.all(({ hold }) => hold?.state === 'decided');
  if (batch.length === 0) return;
  const ids = batch.map(({ id }) => id);
  const words = await sale.journal(...ids);
  const undone = ids.flatMap((id, i) => undoArgs(sale, id, words[i]));
  if (undone.length > 0) await sale.run('undo', ...undone);
  if (announce) await sale.announce(...ids.filter((_, i) => words[i] === 'journalled'));
  model.tell(batch, announce);
}

const deciding = fc
  .integer({ min: 1, max: 4 })
  .map((most) => new Command(`decide ${most}`, (model, real) => decide(most, model, real)));

const telling = fc
  .boolean()
  .map((whole) => new Command(whole ? 'journal and announce' : 'journal', (model, real) => tell(whole, model, real)));

function undoArgs(sale: LedgerSale, id: string, word: string | undefined): (string | number)[] {
  return word === 'journalled' ? [] : [sale.tail(id), 2, word === 'other' ? 'row' : 'queue-timeout'];
}

const hasHold: Chosen = ({ hold }) => hold !== null;
const isHeld: Chosen = ({ hold }) => hold?.state === 'held';
const isPinned: Chosen = ({ row }) => row?.status === 'checkout';
const isSold: Chosen = ({ row, cancelled }) => row?.status === 'confirmed' && !cancelled;

const releasing = onOneOrHalf('release', hasHold, async (r, whole, model, { sale }) => {
  const [word = '', hold = ''] = await sale.run('release', sale.tail(r.id));
  if (word === 'released' && whole) {
    const request = (await sale.requestOf(r.id))!;
    const released = { tail: sale.tail(r.id), hold: unpackHold(hold), request };
    await sale.harness.journal.release(sale, await sale.epoch(), released, null);
  }
  expect(word).toBe(model.release(r, whole));
});

const extendingBy = (name: string, moreMs?: number): fc.Arbitrary<Command> =>
  onOneOrHalf(name, isHeld, async (r, whole, model, { sale }) => {
    const until = moreMs === undefined ? undefined : model.now + moreMs;
    const [word = '', hold = ''] = await sale.run('extend', sale.tail(r.id), until ?? '');
    if (word === 'extended' && whole) {
      await sale.harness.journal.extend(sale, await sale.epoch(), sale.tail(r.id), unpackHold(hold));
    }
    expect(word === 'extended' || word === 'refused' ? word : 'no').toBe(model.extend(r, whole, until));
  });

const extending = extendingBy('extend');
/** Now and then to a time before its deadline, which changes nothing. */
const prolonging = fc.oneof(
  extendingBy('an operator prolongs', 200_000),
  extendingBy('an operator prolongs a little', 1_000),
);

const pinning = onOneOrHalf('pin', isHeld, async (r, whole, model, { sale }) => {
  const word = whole ? await sale.pin(r.id) : (await sale.run('pin', sale.tail(r.id)))[0];
  expect(word === 'pinned' ? word : 'no').toBe(model.pin(r, whole));
});

const voiding = onOneOrHalf('void', isPinned, async (r, whole, model, { sale }) => {
  const ended = await sale.harness.checkouts.release(sale.rowId(r.id), null);
  if (ended && whole) await sale.run('void', sale.tail(r.id), ended.status, ended.version);
  expect(ended !== null).toBe(model.voidCheckout(r, whole));
});

const confirming = onOneOrHalf('confirm and settle', isPinned, async (r, whole, model, real) => {
  const payment = {
    reservationId: real.sale.rowId(r.id),
    paymentReference: `p${Math.random()}`,
    amount: null,
    currency: null,
  };
  const { kind } = await real.sale.harness.confirm.confirm(payment);
  expect(kind === 'ordered').toBe(model.confirm(r));
  if (whole) await settle(model, real);
});

/** Delivers every confirmed fact that is not delivered yet, as the relay does. */
async function settle(model: LedgerModel, { sale }: Real): Promise<void> {
  const args: (string | number)[] = [];
  for (const { id } of model.all(({ settles }) => settles)) args.push(sale.tail(id), (await sale.row(id))!.version);
  if (args.length > 0) await sale.run('settle', ...args);
  model.settle();
}

/** The relay may tell of a restock before it tells of the settling, and again: it is said of every one there ever was. */
async function restock(model: LedgerModel, { sale }: Real): Promise<void> {
  for (const r of model.all(({ cancelled }) => cancelled === 'restocked'))
    if (!model.paidBy(r)) await sale.restock(r.id, r.heldAs?.id);
  model.restock();
}

const cancelling = fc.boolean().chain((back) =>
  onOneOrHalf(back ? 'cancel and restock' : 'cancel', isSold, async (r, whole, model, real) => {
    expect(await real.sale.cancel(r.id, back)).toBe(model.cancel(r, back));
    if (whole) await restock(model, real);
  }),
);

const losing = fc.boolean().map(
  (keepsRecords) =>
    new Command(keepsRecords ? 'rebuild' : 'lose Redis and rebuild', async (model, { sale }) => {
      if (keepsRecords) await sale.harness.connection.redis.unlink(sale.redisKey('meta'));
      else await sale.loseRedis();
      expect(await sale.rebuild()).toBe(1);
      model.rebuild(keepsRecords);
    }),
);

const passing = fc.constantFrom(1, 999, 4_000, 5_000, 10_000, 15_000, 60_000).map(
  (ms) =>
    new Command(`${ms} ms pass`, async (model, { sale }) => {
      await sale.advance(ms);
      model.now += ms;
    }),
);

const upkeep = fc.constantFrom(
  new Command('sweep', async (model, { sale }) => {
    await sale.harness.sweep.runOnce(sale);
    model.sweep();
  }),
  new Command('finish pins', async (model, { sale }) => {
    await sale.harness.reconcilePins.runOnce(sale);
    model.reconcilePins(sale.harness.config.pinGraceMs);
  }),
  new Command('settle', settle),
  new Command('restock', restock),
);

const again = onOne(
  'ask again',
  ({ record, mode }) => record === null && mode !== 'rehold',
  (r, model, real) => accept(r.id, model, real),
);

/** Steps as often as they stand here. */
export const COMMANDS = [
  ...[asking, asking, asking, asking, asking, asking, deciding, telling, again, releasing, extending, extending],
  prolonging,
  ...[
    pinning,
    pinning,
    pinning,
    voiding,
    confirming,
    confirming,
    cancelling,
    cancelling,
    ...[paying, paying],
    losing,
    passing,
    passing,
    upkeep,
  ],
];
