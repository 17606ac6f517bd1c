import { Sweep } from '../../../src/expiry/sweep.js';
import { EndReservation } from '../../../src/checkout/end-reservation.js';
import type { ReserveCommand } from '../../../src/inventory/accept.js';
import { parseReservationId, type ReservationRef } from '../../../src/inventory/reservation-ref.js';
import { Intake } from '../../../src/reservations/intake.js';
import { ExtendReservation } from '../../../src/reservations/extend-reservation.js';
import { ReserveBatchRunner } from '../../../src/reservations/reserve-batch.js';
import { linesOf } from '../../ledger-lines.js';
import type { LedgerSale } from '../../ledger-sale.js';
import type { Stage } from '../stage.js';
import type { Transition } from '../transition.js';

const HOLD_TTL_SECONDS = 60;

/** A sale of 10 units. */
export const tenUnits = ({ harness }: Stage, different: object = {}): Promise<LedgerSale> =>
  harness.sale({ skus: [{ units: 10 }], holdTtlSeconds: HOLD_TTL_SECONDS, ...different });

export function refOf(sale: LedgerSale, id: string): ReservationRef {
  const ref = parseReservationId(sale.rowId(id));
  if (!ref) throw new Error(`${id} gives no id of a reservation`);
  return ref;
}

export const saleRef = ({ id, key }: LedgerSale): { id: string; key: string } => ({ id, key });

function commandOf(sale: LedgerSale, id: string, metadata: Record<string, unknown> | null = null): ReserveCommand {
  const words = { customerId: 'ann', mode: 'all', fingerprint: 'print', requestId: 'req', keyed: true } as const;
  return { ...words, tail: sale.tail(id), lines: linesOf('1x2'), metadata };
}

const SWEEP_OF_NOTHING_DUE = ['sweep.expire', 'sweep.reject'] as const;

export const RESERVATIONS: Transition[] = [
  {
    name: 'accept a request',
    order: ['accept.record', 'accept.queue', 'accept.answer'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      return {
        sale,
        act: (app) => app.call(Intake, 'accept', saleRef(sale), commandOf(sale, 'a')),
        end: async () => expect(await sale.counts()).toEqual(['8 2 0 0 0 / 10']),
      };
    },
  },
  {
    name: 'hold a batch',
    order: ['hold.decide', 'hold.journal', 'hold.announce', 'hold.tell'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.accept({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x3', customer: 'bob' });
      return {
        sale,
        act: (app) => app.call(ReserveBatchRunner, 'run', saleRef(sale), [sale.tail('a'), sale.tail('b')]),
        end: async () => {
          expect(await sale.counts()).toEqual(['5 5 0 0 0 / 10']);
          expect([await sale.row('a'), await sale.row('b')]).toMatchObject([{ status: 'held' }, { status: 'held' }]);
        },
      };
    },
  },
  {
    name: 'undo a hold that Postgres cannot store',
    order: ['hold.decide', 'hold.journal', 'hold.undo', 'hold.announce', 'hold.tell'],
    endsWith: { 'hold.journal': 'ROLLBACK' },
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await stage.survivor.call(Intake, 'accept', saleRef(sale), commandOf(sale, 'a', { note: '\0' }));
      return {
        sale,
        act: (app) => app.call(ReserveBatchRunner, 'run', saleRef(sale), [sale.tail('a')]),
        end: async () => {
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
          expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected' });
        },
      };
    },
  },
  {
    name: 'hold what is released before it is announced',
    order: ['hold.decide', 'hold.journal', 'hold.announce', 'hold.end', 'hold.tell'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.accept({ id: 'a', lines: '1x2' });
      const release = (): Promise<unknown> => sale.run('release', sale.tail('a'));
      return {
        sale,
        act: (app) => app.call(ReserveBatchRunner, 'run', saleRef(sale), [sale.tail('a')]),
        meanwhile: { 'hold.announce': release },
        recover: release,
        end: async () => {
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
          expect((await sale.row('a'))?.status ?? 'released').toBe('released');
        },
      };
    },
  },
  {
    name: 'expire a hold',
    order: [...SWEEP_OF_NOTHING_DUE, 'sweep.end', 'sweep.forget'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'a', lines: '1x2' });
      await sale.advance(HOLD_TTL_SECONDS * 1_000);
      return {
        sale,
        act: (app) => app.call(Sweep, 'runOnce', saleRef(sale)),
        end: async () => {
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
          expect(await sale.row('a')).toMatchObject({ status: 'expired', version: 3 });
        },
      };
    },
  },
  {
    name: 'refuse a request that waited too long',
    order: SWEEP_OF_NOTHING_DUE,
    begin: async (stage) => {
      const sale = await tenUnits(stage, { queueTimeoutSeconds: 10 });
      await sale.accept({ id: 'a', lines: '1x2' });
      await sale.advance(10_000);
      return {
        sale,
        act: (app) => app.call(Sweep, 'runOnce', saleRef(sale)),
        end: async () => {
          expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected' });
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
        },
      };
    },
  },
  {
    name: 'queue again what was decided and then forgotten',
    order: [...SWEEP_OF_NOTHING_DUE, 'sweep.queue'],
    begin: async (stage) => {
      const sale = await tenUnits(stage, { queueTimeoutSeconds: 10 });
      await sale.decide({ id: 'a', lines: '1x2' });
      await sale.advance(10_000);
      return {
        sale,
        act: (app) => app.call(Sweep, 'runOnce', saleRef(sale)),
        // Where the process died before it had queued it, it is found again after as long.
        recover: () => sale.advance(10_000),
        end: async () => {
          expect(await sale.counts()).toEqual(['8 2 0 0 0 / 10']);
          expect(await sale.row('a')).toMatchObject({ status: 'held' });
        },
      };
    },
  },
  {
    name: 'release a hold',
    order: ['release.end', 'release.journal', 'release.answer'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'a', lines: '1x2' });
      return {
        sale,
        act: (app) => app.call(EndReservation, 'end', refOf(sale, 'a'), null),
        end: async () => {
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
          expect(await sale.row('a')).toMatchObject({ status: 'released', version: 3 });
        },
      };
    },
  },
  {
    name: 'withdraw a request that is not decided',
    order: ['release.end', 'release.answer'],
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.accept({ id: 'a', lines: '1x2' });
      return {
        sale,
        act: (app) => app.call(EndReservation, 'end', refOf(sale, 'a'), null),
        end: async () => {
          await stage.harness.batches.run(sale, [sale.tail('a')]);
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
        },
      };
    },
  },
  {
    name: 'extend a hold',
    order: ['extend.prolong', 'extend.journal', 'extend.answer'],
    repeatRefused: ['extension-refused'],
    begin: async (stage) => {
      const sale = await tenUnits(stage, { extensionsMax: 1 });
      await sale.reserve({ id: 'a', lines: '1x2' });
      return {
        sale,
        act: (app) => app.call(ExtendReservation, 'extend', refOf(sale, 'a')),
        end: async () => {
          expect(await sale.row('a')).toMatchObject({ status: 'held', version: 3, extensions: 1 });
          expect(await sale.holdOf('a')).toMatchObject({ state: 'held', version: 3, extensions: 1 });
        },
      };
    },
  },
  {
    name: 'journal an extension whose asker died',
    order: [...SWEEP_OF_NOTHING_DUE, 'sweep.extend', 'sweep.forget'],
    begin: async (stage) => {
      const sale = await tenUnits(stage, { extensionsMax: 1 });
      await sale.reserve({ id: 'a', lines: '1x2' });
      await sale.run('extend', sale.tail('a'));
      return {
        sale,
        act: (app) => app.call(Sweep, 'runOnce', saleRef(sale)),
        end: async () => expect(await sale.row('a')).toMatchObject({ status: 'held', version: 3, extensions: 1 }),
      };
    },
  },
];
