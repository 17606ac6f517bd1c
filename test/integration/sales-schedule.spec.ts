import 'reflect-metadata';
import { SaleSchedule } from '../../src/sales/sale-schedule.js';
import { inSeconds, SalesApp } from '../sales-app.js';

const HOUR = 3600;

let sales: SalesApp;
let schedule: SaleSchedule;
beforeAll(async () => {
  sales = await SalesApp.start();
  schedule = sales.app.get(SaleSchedule);
});
afterEach(() => sales.moveClock(0));
afterAll(() => sales.stop());

describe('the schedule', () => {
  it('opens a sale when its time has come, and not before', async () => {
    const { id } = await sales.create('opens', { opensAt: inSeconds(HOUR) });
    await sales.command(id, 'open');
    expect(await schedule.runOnce()).toEqual({ opened: 0, closed: 0 });
    expect(await sales.statusOf(id)).toBe('scheduled');
    await sales.moveClock(HOUR + 1);
    expect(await schedule.runOnce()).toEqual({ opened: 1, closed: 0 });
    expect(await schedule.runOnce()).toEqual({ opened: 0, closed: 0 });
    expect((await sales.admin('GET', `/${id}`)).json()).toMatchObject({ status: 'open', revision: 3 });
    expect(await sales.factsOf(id)).toMatchObject([{ kind: 'sale.opened', sequence: 3 }]);
    expect((await sales.auditOf(id)).at(-1)).toEqual({
      ...{ actor: 'schedule', action: 'sale.open', reason: 'opensAt is reached' },
      ...{ before: { status: 'scheduled' }, after: { status: 'open' } },
    });
  });

  it.each(['open', 'paused', 'scheduled'])('closes a sale that is %s when its time has come', async (status) => {
    const opensAt = status === 'scheduled' ? inSeconds(HOUR) : null;
    const { id } = await sales.create(`closes-${status}`, { opensAt, closesAt: inSeconds(2 * HOUR) });
    await sales.command(id, 'open');
    if (status === 'paused') await sales.command(id, 'pause');
    expect(await sales.statusOf(id)).toBe(status);
    await sales.moveClock(2 * HOUR + 1);
    expect(await schedule.runOnce()).toEqual({ opened: 0, closed: 1 });
    expect((await sales.admin('GET', `/${id}`)).json()).toMatchObject({
      status: 'closed',
      closedAt: expect.any(String),
    });
    expect((await sales.factsOf(id)).at(-1)).toMatchObject({ kind: 'sale.closed' });
  });

  it('leaves drafts and sales without times alone', async () => {
    const draft = await sales.create('draft-with-times', { opensAt: inSeconds(HOUR), closesAt: inSeconds(2 * HOUR) });
    const timeless = await sales.create('timeless');
    await sales.command(timeless.id, 'open');
    await sales.moveClock(3 * HOUR);
    expect(await schedule.runOnce()).toEqual({ opened: 0, closed: 0 });
    expect([await sales.statusOf(draft.id), await sales.statusOf(timeless.id)]).toEqual(['draft', 'open']);
  });

  it('opens each sale once when four processes run it together', async () => {
    const made = await Promise.all([1, 2, 3].map((at) => sales.create(`shared-${at}`, { opensAt: inSeconds(HOUR) })));
    for (const { id } of made) await sales.command(id, 'open');
    await sales.moveClock(HOUR + 1);
    const runs = await Promise.all([1, 2, 3, 4].map(() => schedule.runOnce()));
    expect(runs.reduce((sum, { opened }) => sum + opened, 0)).toBe(3);
    for (const { id } of made) expect(await sales.factsOf(id)).toHaveLength(1);
  });
});
