import { EraseCustomer } from '../../../src/forgetting/erase-customer.js';
import { ForgetRequests } from '../../../src/forgetting/forget-requests.js';
import { RetireSales } from '../../../src/forgetting/retire-sales.js';
import { randomChars } from '../../../src/platform/ids.js';
import { Guardian } from '../../../src/reconcile/guardian.js';
import { ChangeSale } from '../../../src/sales/change-sale.js';
import { SaleSchedule } from '../../../src/sales/sale-schedule.js';
import { eventually } from '../../e2e/eventually.js';
import { LedgerSale } from '../../ledger-sale.js';
import { eventfulSale } from '../../tampering.js';
import type { Stage } from '../stage.js';
import type { Plot, Transition } from '../transition.js';
import { tenUnits } from './reservations.js';

const DAY_MS = 86_400_000;
const statusOf = async (sale: LedgerSale): Promise<unknown> => {
  const [row] = await sale.harness.postgres.query('SELECT status FROM sales WHERE id = $1', [sale.id]);
  const { redis } = sale.harness.connection;
  return [row?.['status'], await redis.hget(sale.redisKey('meta'), 'status')];
};

/** As the guardian of some worker does meanwhile. */
async function guarded<T>(sale: LedgerSale, call: Promise<T>): Promise<T> {
  let over = false;
  const settled = call.finally(() => (over = true));
  settled.catch(() => undefined);
  await eventually('it is answered', async () => (over || (await sale.rebuild()), over));
  return settled;
}

const STATES: Transition[] = [
  {
    name: 'publish a sale',
    order: ['sale.write', 'sale.settings', 'sale.answer'],
    begin: async ({ harness }) => {
      const sale = new LedgerSale(harness, randomChars(10));
      await sale.write({ skus: [{ units: 10 }] });
      await harness.postgres.query(`UPDATE sales SET status = 'draft' WHERE id = $1`, [sale.id]);
      return {
        sale,
        act: (app) => guarded(sale, app.call(ChangeSale, 'command', sale.id, 'open', 'a test', 'admin:test')),
        end: async () => {
          expect(await statusOf(sale)).toEqual(['open', 'open']);
          expect(await sale.counts()).toEqual(['10 0 0 0 0 / 10']);
        },
      };
    },
  },
  ...(['pause', 'close'] as const).map((command): Transition => ({
    name: `${command} a sale`,
    order: ['sale.write', 'sale.settings', 'sale.answer'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      const after = command === 'pause' ? 'paused' : 'closed';
      return {
        sale,
        act: (app) => app.call(ChangeSale, 'command', sale.id, command, 'a test', 'admin:test'),
        end: async () => expect(await statusOf(sale)).toEqual([after, after]),
      };
    },
  })),
  {
    name: 'open a sale at its time',
    order: ['schedule.flip', 'schedule.settings'],
    outlivesRedis: true,
    begin: async (stage) => {
      const sale = await tenUnits(stage, { status: 'scheduled', opensInMs: 1_000 });
      await sale.advance(1_000);
      return {
        sale,
        act: (app) => app.call(SaleSchedule, 'runOnce'),
        // Where the schedule died before it told Redis, the guardian finds the revisions apart.
        recover: () => stage.harness.guardian.runOnce(),
        end: async () => expect(await statusOf(sale)).toEqual(['open', 'open']),
      };
    },
  },
];

/** Redis has lost a sale; its clock is put back whenever somebody has built it. */
async function lost(sale: LedgerSale, { harness }: Stage): Promise<Plot> {
  const before = await sale.counts();
  await sale.loseRedis();
  return {
    sale,
    act: (app) => app.call(Guardian, 'runOnce').finally(() => sale.setClock(harness.now)),
    end: async () => expect(await sale.counts()).toEqual(before),
  };
}

const REBUILDS: Transition[] = [
  {
    name: 'rebuild a sale',
    order: [
      ...(['rebuild.raise', 'rebuild.close', 'rebuild.overdue', 'rebuild.keys', 'rebuild.open'] as const),
      ...(['rebuild.drop', 'rebuild.settings'] as const),
    ],
    holdsLock: true,
    begin: async (stage) => lost(await eventfulSale(stage.harness), stage),
  },
  {
    name: 'rebuild a sale in which two claim a unit',
    order: [
      ...(['rebuild.raise', 'rebuild.close', 'rebuild.overdue', 'rebuild.losers', 'rebuild.keys'] as const),
      ...(['rebuild.open', 'rebuild.drop', 'rebuild.settings'] as const),
    ],
    struckAt: ['rebuild.losers', 'rebuild.keys'],
    holdsLock: true,
    begin: async (stage) => {
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'a', lines: '1#1,2' });
      await sale.run('release', sale.tail('a'));
      await sale.reserve({ id: 'b', lines: '1#1,2', customer: 'bob' });
      return lost(sale, stage);
    },
  },
];

const FORGETTING: Transition[] = [
  {
    name: 'retire a sale',
    order: ['retire.raise', 'retire.close', 'retire.drop', 'retire.done'],
    holdsLock: true,
    leavesRedis: true,
    begin: async (stage) => {
      const { harness } = stage;
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'sold', lines: '1x1' });
      await sale.sell('sold');
      await harness.relay.runOnce();
      await harness.postgres.query(`UPDATE sales SET status = 'closed', closed_at = ledger_now() WHERE id = $1`, [
        sale.id,
      ]);
      await sale.advance(8 * DAY_MS);
      return {
        sale,
        act: (app) => app.call(RetireSales, 'runOnce'),
        end: async () => {
          const [row] = await harness.postgres.query(
            'SELECT retired_at IS NULL AS there, redis_run_id FROM sales WHERE id = $1',
            [sale.id],
          );
          expect(row).toEqual({ there: false, redis_run_id: null });
          expect(await harness.connection.redis.keys(`${harness.config.keyPrefix}:{${sale.key}}:*`)).toEqual([]);
        },
      };
    },
  },
  {
    name: 'forget requests that are over',
    order: ['forget.mark', 'forget.records'],
    begin: async (stage) => {
      const { harness } = stage;
      const sale = await tenUnits(stage);
      await sale.reserve({ id: 'kept', lines: '1x1' }, { id: 'refused', lines: '1x99' });
      await sale.pin('kept');
      await sale.advance(4 * DAY_MS);
      await harness.postgres.query(`UPDATE sales SET forgets_since = ledger_now() - interval '1 day' WHERE id = $1`, [
        sale.id,
      ]);
      return {
        sale,
        act: (app) => app.call(ForgetRequests, 'runOnce'),
        end: async () => {
          expect(await sale.requestOf('refused')).toBeNull();
          expect(await sale.requestOf('kept')).not.toBeNull();
        },
      };
    },
  },
  {
    name: 'erase a customer',
    order: ['erase.audit', 'erase.rows', 'erase.facts', 'erase.records'],
    begin: async (stage) => {
      const { harness } = stage;
      const sale = await tenUnits(stage);
      const customer = `erin-${sale.key}`;
      await sale.reserve({ id: 'a', lines: '1x2', customer });
      await sale.sell('a');
      await harness.relay.runOnce();
      const asked = { customerId: customer, reason: 'she asked', actor: 'admin:test', dryRun: false };
      return {
        sale,
        act: (app) => app.call(EraseCustomer, 'erase', asked),
        end: async () => {
          expect(JSON.stringify([await sale.state(), await sale.row('a')])).not.toContain(customer);
          expect(await sale.counts()).toEqual(['8 0 0 2 0 / 10']);
        },
      };
    },
  },
];

export const SALES: Transition[] = [...STATES, ...REBUILDS, ...FORGETTING];
