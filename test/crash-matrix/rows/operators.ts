import { BulkRun } from '../../../src/admin/bulk-run.js';
import type { BulkAction } from '../../../src/admin/bulk.dto.js';
import { ExtendReservation } from '../../../src/reservations/extend-reservation.js';
import type { LedgerSale } from '../../ledger-sale.js';
import type { ForkedApp } from '../forked-app.js';
import type { Stage } from '../stage.js';
import type { Transition } from '../transition.js';
import { refOf, tenUnits } from './reservations.js';

const ACTOR = 'admin:key_matrix';
const MORE_SECONDS = 60;

/** What the history says of the operator, whichever process wrote it. */
async function expectNamed({ harness }: Stage, sale: LedgerSale, kind: 'released' | 'extended'): Promise<void> {
  const rows = await harness.postgres.query(
    `SELECT kind, actor, reason FROM transitions WHERE reservation_id = $1 AND kind <> 'held'`,
    [sale.rowId('a')],
  );
  expect(rows).toEqual([{ kind, actor: ACTOR, reason: 'a test' }]);
}

async function askInBulk({ harness }: Stage, sale: LedgerSale, action: BulkAction): Promise<string> {
  const id = `bulk_${sale.key}`;
  await harness.postgres.query(
    `INSERT INTO bulk_runs (id, action, filter, seconds, reason, actor, matching, asked_at)
     VALUES ($1, $2::"BulkAction", $3, $4, 'a test', $5, 1, ledger_now())`,
    [id, action, { saleId: sale.id, status: 'held' }, action === 'extend' ? MORE_SECONDS : null, ACTOR],
  );
  return id;
}

/** What the run says that it did: each hold counts once, whoever did it in the end and however often. */
async function outcome({ harness }: Stage, run: string): Promise<object | undefined> {
  const [row] = await harness.postgres.query(
    `SELECT status, changed + unchanged AS looked, failed, plan,
       (SELECT count(*) FROM audit a WHERE a.subject = b.id) AS lines FROM bulk_runs b WHERE id = $1`,
    [run],
  );
  return row;
}

/** A turn is as long as it is: on a busy machine a run may take two of them. */
async function untilDone(app: ForkedApp): Promise<void> {
  while ((await app.call(BulkRun, 'runOnce')) > 0);
}

const FINISHED = { status: 'done', looked: 1, failed: 0, plan: null, lines: 1 };

export const OPERATORS: Transition[] = [
  {
    name: 'prolong a hold as an operator',
    order: ['extend.prolong', 'extend.journal', 'extend.answer'],
    begin: async (stage) => {
      const sale = await tenUnits(stage, { extensionsMax: 0 });
      await sale.reserve({ id: 'a', lines: '1x2' });
      const until = ((await sale.holdOf('a'))?.expiresAt ?? 0) + MORE_SECONDS * 1_000;
      const ref = { ...refOf(sale, 'a'), by: { actor: ACTOR, reason: 'a test' } };
      return {
        sale,
        act: (app) => app.call(ExtendReservation, 'extend', ref, until),
        end: async () => {
          expect(await sale.row('a')).toMatchObject({ status: 'held', version: 3, extensions: 0 });
          expect(await sale.holdOf('a')).toMatchObject({ version: 3, extensions: 0, expiresAt: until });
          await expectNamed(stage, sale, 'extended');
        },
      };
    },
  },
  {
    name: 'give holds back in bulk',
    order: ['bulk.plan', 'release.end', 'release.journal', 'release.answer', 'bulk.count', 'bulk.end'],
    holdsLock: true,
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'a', lines: '1x2' });
      const run = await askInBulk(stage, sale, 'release');
      return {
        sale,
        act: untilDone,
        end: async () => {
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
          expect(await sale.row('a')).toMatchObject({ status: 'released', version: 3 });
          await expectNamed(stage, sale, 'released');
          expect(await outcome(stage, run)).toMatchObject(FINISHED);
        },
      };
    },
  },
  {
    name: 'prolong holds in bulk',
    order: ['bulk.plan', 'extend.prolong', 'extend.journal', 'extend.answer', 'bulk.count', 'bulk.end'],
    holdsLock: true,
    begin: async (stage) => {
      const sale = await tenUnits(stage, { extensionsMax: 0 });
      await sale.reserve({ id: 'a', lines: '1x2' });
      const until = ((await sale.holdOf('a'))?.expiresAt ?? 0) + MORE_SECONDS * 1_000;
      const run = await askInBulk(stage, sale, 'extend');
      return {
        sale,
        act: untilDone,
        end: async () => {
          expect(await sale.holdOf('a')).toMatchObject({ version: 3, extensions: 0, expiresAt: until });
          expect(await sale.row('a')).toMatchObject({ status: 'held', version: 3, extensions: 0 });
          await expectNamed(stage, sale, 'extended');
          expect(await outcome(stage, run)).toMatchObject(FINISHED);
        },
      };
    },
  },
];
