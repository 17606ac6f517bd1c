import fc from 'fast-check';
import { finishLate } from '../../src/checkout/finish-late.js';
import { reholdUnits } from '../../src/inventory/rehold.js';
import type { LedgerModel } from './ledger-model.js';
import { type Command, type Real, onOne } from './model-command.js';
import type { ModelReservation } from './model-reservation.js';

/** The steps of a late payment; whoever takes them may die after any. */
const STEPS = ['hold', 'journal', 'announce', 'pin', 'order'] as const;

/** A payment for what has expired, each time under a reference of its own. */
export const paying: fc.Arbitrary<Command> = fc
  .constantFrom(...STEPS, 'order' as const, 'order' as const)
  .chain((last) =>
    onOne(
      last === 'order' ? 'pay late' : `pay late as far as ${last}`,
      ({ row }) => row?.status === 'expired',
      async (r, model, real) => {
        if (r.row?.status !== 'expired') return;
        const id = `late${model.reservations.length}`;
        const again = await rehold(r, id, model, real);
        if (again) await goOn(r, again, STEPS.indexOf(last), model, real);
      },
    ),
  );

async function rehold(
  r: ModelReservation,
  id: string,
  model: LedgerModel,
  { sale }: Real,
): Promise<ModelReservation | null> {
  const lines = (await sale.row(r.id))?.lines ?? [];
  const asked = { tail: sale.tail(id), customerId: r.customer, lines, fingerprint: 'print' };
  const { word } = await reholdUnits(sale.harness.ledger, sale, asked);
  const again = model.rehold(r, id);
  expect(word).toBe(again ? 'held' : 'refused');
  return again;
}

async function goOn(
  paid: ModelReservation,
  again: ModelReservation,
  steps: number,
  model: LedgerModel,
  { sale }: Real,
): Promise<void> {
  if (steps < 1) return;
  await sale.journal(again.id);
  if (steps > 1) await sale.announce(again.id);
  model.tell([again], steps > 1);
  if (steps < 3) return;
  expect(await sale.pin(again.id)).toBe(model.pin(again, true));
  if (steps < 4) return;
  const payment = { reservationId: sale.rowId(paid.id), paymentReference: again.id, amount: null, currency: null };
  const outcome = await sale.harness.postgres.transaction((client) =>
    finishLate(client, payment, { heldAs: sale.rowId(again.id) }),
  );
  expect(outcome.kind).toBe('ordered');
  model.buyLate(paid, again);
}
