import type { CrashPoint } from '../../../src/crash-points.js';
import { AddSku } from '../../../src/supply/add-sku.js';
import { BlockUnits } from '../../../src/supply/block-units.js';
import { ChangeCapacity } from '../../../src/supply/change-capacity.js';
import { ChangeSku } from '../../../src/supply/change-sku.js';
import { ReleaseRun } from '../../../src/supply/release-run.js';
import { ReleaseSchedule } from '../../../src/supply/release-schedule.js';
import { SkusAdminController } from '../../../src/supply/skus-admin.controller.js';
import { SupplyRun } from '../../../src/supply/supply-run.js';
import type { LedgerSale } from '../../ledger-sale.js';
import type { ForkedApp } from '../forked-app.js';
import type { Stage } from '../stage.js';
import type { Transition } from '../transition.js';

const entry = (action: string): { actor: string; action: string; reason: string } => ({
  ...{ actor: 'admin:test', action, reason: 'a test' },
});

/** 20 units of which 3 are held, 1 is sold, 19 is withdrawn and 20 blocked; and a second SKU that nobody wants. */
async function selling({ harness }: Stage): Promise<LedgerSale> {
  const sale = await harness.sale({
    skus: [{ units: 20, withdrawn: [19], blocked: [20] }, { units: 5 }],
    holdTtlSeconds: 60,
  });
  await sale.reserve({ id: 'sold', lines: '1x1' });
  await sale.sell('sold');
  await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1', customer: 'bob' });
  return sale;
}

/** A command on the first SKU, and what it leads to. */
function command(
  name: string,
  order: CrashPoint[],
  leadsTo: string,
  act: (app: ForkedApp, sale: LedgerSale) => Promise<unknown>,
  before?: (sale: LedgerSale, stage: Stage) => Promise<unknown>,
): Transition {
  return {
    ...{ name, order, outlivesRedis: true, holdsLock: true },
    begin: async (stage) => {
      const sale = await selling(stage);
      await before?.(sale, stage);
      return {
        sale,
        act: (app) => act(app, sale),
        end: async () => expect((await sale.counts())[0]).toBe(leadsTo),
      };
    },
  };
}

const capacity =
  (to: number, mode: 'now' | 'as_holds_end' = 'now') =>
  (app: ForkedApp, sale: LedgerSale) =>
    app.call(ChangeCapacity, 'change', sale.skuId(1), to, mode, entry('sku.capacity'));

const PUBLISH: CrashPoint[] = ['stock.supply', 'stock.settings'];
const DOWN: CrashPoint[] = ['stock.supply', 'stock.withdraw', 'stock.record', ...PUBLISH, 'stock.answer'];

const COMMANDS: Transition[] = [
  command('raise the capacity', ['stock.change', ...PUBLISH, 'stock.answer'], '20 3 0 1 1 / 25', capacity(25)),
  command('lower the capacity now', DOWN, '5 3 0 1 1 / 10', capacity(10)),
  command(
    'lower the capacity as holds end',
    ['stock.supply', 'stock.change', 'stock.supply', 'stock.record', ...PUBLISH, 'stock.answer'],
    '0 3 0 1 1 / 5',
    capacity(3, 'as_holds_end'),
  ),
  command('block units', DOWN, '12 3 0 1 3 / 19', (app, sale) =>
    app.call(BlockUnits, 'block', sale.skuId(1), ['5', '6'], entry('sku.block')),
  ),
  command(
    'unblock a unit',
    ['stock.supply', 'stock.change', ...PUBLISH, 'stock.answer'],
    '15 3 0 1 0 / 19',
    (app, sale) => app.call(BlockUnits, 'unblock', sale.skuId(1), ['20'], entry('sku.unblock')),
  ),
  command('withhold units', DOWN, '10 3 0 1 5 / 19', (app, sale) => {
    const releases = [{ at: new Date('2031-01-01'), quantity: 4 }];
    return app.call(ReleaseSchedule, 'plan', sale.skuId(1), releases, entry('sku.schedule'));
  }),
  command(
    'release withheld units',
    ['stock.change', ...PUBLISH, 'stock.answer'],
    '14 3 0 1 1 / 19',
    (app) => app.call(ReleaseRun, 'runOnce'),
    async (sale, { harness }) => {
      await harness.supply.plan(sale, [harness.elapsed + 1_000, 4]);
      await sale.advance(1_000);
    },
  ),
  command(
    'record what a return has withdrawn',
    ['stock.supply', 'stock.record', 'stock.supply', 'stock.answer'],
    '0 1 0 1 1 / 3',
    (app) => app.call(SupplyRun, 'runOnce'),
    async (sale, { harness }) => {
      await harness.supply.capacity(sale, 3, 'as_holds_end');
      const released = await sale.journalled('a');
      await sale.run('release', sale.tail('a'));
      await harness.journal.release(sale, 1, released, null);
    },
  ),
  command('change a price', ['stock.change', ...PUBLISH, 'stock.answer'], '14 3 0 1 1 / 19', (app, sale) =>
    app.call(ChangeSku, 'change', sale.skuId(1), { unitPrice: 900, reason: 'a test' }, entry('sku.change')),
  ),
];

const skuCount = async (sale: LedgerSale): Promise<number> => {
  const rows = await sale.harness.postgres.query('SELECT 1 FROM skus WHERE sale_id = $1 AND removed_at IS NULL', [
    sale.id,
  ]);
  return rows.length;
};

const SEATS = 'label,section,row,seat\nA-1,Stalls,A,1\nA-2,Stalls,A,2\nA-3,Stalls,A,3\n';
const OPERATOR = { kind: 'admin', keyId: 'key_matrix', name: 'the matrix' } as const;

/** What the SKU's units are called, and how often an import of them is told of. */
async function imported(sale: LedgerSale, skuId: string): Promise<unknown> {
  const [row] = await sale.harness.postgres.query(
    `SELECT (SELECT string_agg(label, ' ' ORDER BY unit_no) FROM units WHERE sku_id = $1) AS labels,
       (SELECT count(*) FROM audit WHERE subject = $1 AND action = 'sku.import') AS lines`,
    [skuId],
  );
  return row;
}

export const SUPPLY: Transition[] = [
  ...COMMANDS,
  {
    name: 'import seats',
    order: ['stock.change', ...PUBLISH, 'stock.answer'],
    // Their names are taken, by themselves.
    repeatRefused: ['invalid-request'],
    outlivesRedis: true,
    holdsLock: true,
    begin: async ({ harness }) => {
      const sale = await harness.sale({ skus: [{ units: 5 }, { units: 0 }], holdTtlSeconds: 60 });
      await sale.reserve({ id: 'a', lines: '1x2' });
      const skuId = sale.skuId(2);
      return {
        sale,
        act: (app) => app.call(SkusAdminController, 'import', skuId, { reason: 'the hall' }, SEATS, OPERATOR),
        end: async () => {
          expect(await imported(sale, skuId)).toEqual({ labels: 'A-1 A-2 A-3', lines: 1 });
          expect(await sale.counts()).toEqual(['3 2 0 0 0 / 5', '3 0 0 0 0 / 3']);
        },
      };
    },
  },
  {
    name: 'take a SKU away',
    order: [
      'stock.supply',
      'stock.withdraw',
      'stock.supply',
      'stock.record',
      'stock.supply',
      'stock.change',
      'stock.answer',
    ],
    repeatRefused: ['sku-not-found'],
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await selling(stage);
      return {
        sale,
        act: (app) => app.call(ChangeSku, 'remove', sale.skuId(2), entry('sku.remove')),
        end: async () => {
          expect(await skuCount(sale)).toBe(1);
          await stage.harness.settings.push(sale.id);
        },
      };
    },
  },
  {
    name: 'add a SKU',
    order: ['stock.add', ...PUBLISH, 'stock.answer'],
    outlivesRedis: true,
    holdsLock: true,
    begin: async (stage) => {
      const sale = await selling(stage);
      const body = { name: 'Balcony', unitPrice: 100, capacity: 4, reason: 'a test' };
      return {
        sale,
        // It has no key of its own: an operator who got no answer looks before asking again.
        act: async (app) => (await skuCount(sale)) > 2 || app.call(AddSku, 'add', sale.id, body, 'admin:test'),
        end: async () => {
          expect(await skuCount(sale)).toBe(3);
          expect((await sale.counts())[2]).toBe('4 0 0 0 0 / 4');
        },
      };
    },
  },
];
