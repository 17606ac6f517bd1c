import fc from 'fast-check';
import type { Mode } from '../../src/inventory/records.js';
import { unpackHold } from '../../src/inventory/records.js';
import type { LedgerState } from '../ledger-balance.js';
import { ownedText } from '../ledger-lines.js';
import type { LedgerSale } from '../ledger-sale.js';
import type { LedgerModel } from './ledger-model.js';
import type { ModelReservation } from './model-reservation.js';

/** The sale under test and the text of what its requests ask for. */
export interface Real {
  readonly sale: LedgerSale;
  readonly asked: Map<string, { lines: string; customer: string; mode: Mode }>;
}

type Step = (model: LedgerModel, real: Real) => Promise<void>;

/** A step that is followed by the comparison of the books with themselves and with the model. */
export class Command implements fc.AsyncCommand<LedgerModel, Real> {
  constructor(
    private readonly name: string,
    private readonly step: Step,
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: LedgerModel, real: Real): Promise<void> {
    await this.step(model, real);
    const state = await real.sale.balanced();
    expect(await readSale(real.sale, state)).toEqual(readModel(model, real.sale));
  }

  toString(): string {
    return this.name;
  }
}

export type Chosen = (reservation: ModelReservation) => boolean;

/** A command on one of the reservations that it is meant for, now and then on any. */
export function onOne(
  name: string,
  meant: Chosen,
  step: (r: ModelReservation, model: LedgerModel, real: Real) => Promise<void>,
): fc.Arbitrary<Command> {
  return fc.nat(29).map(
    (choice) =>
      new Command(`${name} ${choice}`, async (model, real) => {
        const fitting = choice % 5 === 0 ? [] : model.all(meant);
        const among = fitting.length > 0 ? fitting : model.reservations;
        const chosen = among[choice % Math.max(1, among.length)];
        if (chosen) await step(chosen, model, real);
      }),
  );
}

/** The same, where the caller may die between the stores. */
export function onOneOrHalf(
  name: string,
  meant: Chosen,
  step: (r: ModelReservation, whole: boolean, model: LedgerModel, real: Real) => Promise<void>,
): fc.Arbitrary<Command> {
  return fc.integer({ min: 0, max: 3 }).chain((dice) => {
    const whole = dice > 0;
    return onOne(whole ? name : `half of ${name}`, meant, (r, model, real) => step(r, whole, model, real));
  });
}

/** The same words of both: record, deadline of the undecided, hold, row of each reservation. */
async function readSale(sale: LedgerSale, state: LedgerState): Promise<Record<string, string[]>> {
  const rows = await sale.harness.postgres.query<{ id: string; status: string; expires_at: Date }>(
    'SELECT id, status, expires_at FROM reservations WHERE sale_id = $1',
    [sale.id],
  );
  const read: Record<string, string[]> = {};
  const add = (tail: string, text: string): unknown => (read[tail] ??= []).push(text);
  for (const [tail, text] of Object.entries(state.requests ?? {})) add(tail, `record ${text.split('\n')[0]}`);
  for (const [tail, until] of Object.entries(state.queued ?? {})) add(tail, `waits until ${until}`);
  for (const [tail, text] of Object.entries(state.holds ?? {})) {
    const hold = unpackHold(text);
    add(tail, `${hold.state} ${ownedText(hold)} until ${hold.expiresAt}, extended ${hold.extensions}`);
  }
  for (const tail of Object.keys(state.pins ?? {})) add(tail, 'pin to be seen');
  for (const { id, status, expires_at: at } of rows) add(id.slice(-32), `row ${status} until ${at.getTime()}`);
  return read;
}

function readModel(model: LedgerModel, sale: LedgerSale): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  for (const { id, record, waitsUntil, hold, pinnedAt, row } of model.reservations) {
    const texts: string[] = [];
    if (record) texts.push(`record ${record}`);
    if (waitsUntil !== null) texts.push(`waits until ${waitsUntil}`);
    if (hold) texts.push(`${hold.state} ${hold.units.join(' ')} until ${hold.expiresAt}, extended ${hold.extensions}`);
    if (pinnedAt !== null) texts.push('pin to be seen');
    if (row) texts.push(`row ${row.status} until ${row.expiresAt}`);
    if (texts.length > 0) read[sale.tail(id)] = texts;
  }
  return read;
}
