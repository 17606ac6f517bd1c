import 'reflect-metadata';
import type { AdminSaleView } from '../../src/sales/sale.view.js';
import { inSeconds, SalesApp } from '../sales-app.js';

interface ProblemAnswer {
  errors?: { pointer: string }[];
}

let sales: SalesApp;
beforeAll(async () => {
  sales = await SalesApp.start();
});
afterAll(() => sales.stop());

describe('a command', () => {
  const reach = {
    draft: [],
    scheduled: ['open'],
    open: ['open'],
    paused: ['open', 'pause'],
    closed: ['open', 'close'],
  } as const;

  it.each<[keyof typeof reach, string, string | 409]>([
    ['draft', 'open', 'open'],
    ['draft', 'pause', 409],
    ['draft', 'resume', 409],
    ['draft', 'close', 409],
    ['scheduled', 'open', 'scheduled'],
    ['scheduled', 'pause', 409],
    ['scheduled', 'resume', 409],
    ['scheduled', 'close', 'closed'],
    ['open', 'open', 'open'],
    ['open', 'pause', 'paused'],
    ['open', 'resume', 'open'],
    ['open', 'close', 'closed'],
    ['paused', 'open', 409],
    ['paused', 'pause', 'paused'],
    ['paused', 'resume', 'open'],
    ['paused', 'close', 'closed'],
    ['closed', 'open', 409],
    ['closed', 'pause', 409],
    ['closed', 'resume', 409],
    ['closed', 'close', 'closed'],
  ])('to a sale that is %s: %s → %s', async (from, command, expected) => {
    const different = from === 'scheduled' ? { opensAt: inSeconds(3600) } : {};
    const { id } = await sales.create(`${from}-${command}`, different);
    for (const step of reach[from]) await sales.command(id, step);
    expect(await sales.statusOf(id)).toBe(from);
    const before = (await sales.auditOf(id)).length;

    const answer = await sales.command(id, command);
    if (expected === 409) {
      expect(answer.json()).toMatchObject({ status: 409, code: 'sale-state-conflict', reason: `sale-is-${from}` });
    } else {
      expect([answer.statusCode, answer.json<AdminSaleView>().status]).toEqual([200, expected]);
    }
    const changes = expected !== 409 && expected !== from;
    expect(await sales.auditOf(id)).toHaveLength(before + (changes ? 1 : 0));
  });

  it('writes a fact with every status that concerns others, in the order of the revisions', async () => {
    const { id } = await sales.create('told');
    for (const step of ['open', 'pause', 'pause', 'resume', 'close']) await sales.command(id, step);
    const facts = await sales.factsOf(id);
    expect(facts.map(({ kind, sequence, payload }) => [kind, sequence, payload.status])).toEqual([
      ['sale.opened', 2, 'open'],
      ['sale.paused', 3, 'paused'],
      ['sale.opened', 4, 'open'],
      ['sale.closed', 5, 'closed'],
    ]);
  });

  it('schedules a draft whose opening lies ahead, tells nobody yet, and does not open it early when repeated', async () => {
    const { id } = await sales.create('early', { opensAt: inSeconds(3600) });
    expect((await sales.command(id, 'open')).json()).toMatchObject({ status: 'scheduled', openedAt: null });
    expect((await sales.command(id, 'open')).json()).toMatchObject({ status: 'scheduled', openedAt: null });
    expect(await sales.factsOf(id)).toEqual([]);
  });

  it('does not open what has closed already by its time', async () => {
    const { id } = await sales.create('past', { closesAt: '2020-01-01T00:00:00Z' });
    expect((await sales.command(id, 'open')).json()).toMatchObject({ status: 409, reason: 'closes-at-passed' });
  });

  it('needs a reason, and a sale', async () => {
    const { id } = await sales.create('reasons');
    expect((await sales.admin('POST', `/${id}/open`, {})).json<ProblemAnswer>().errors?.[0]?.pointer).toBe('/reason');
    expect((await sales.command('sale_0000000000', 'open')).statusCode).toBe(404);
    expect((await sales.command('nonsense', 'open')).statusCode).toBe(404);
  });

  it('is done once when five arrive together', async () => {
    const { id } = await sales.create('five');
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sales.command(id, 'open')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    expect(await sales.factsOf(id)).toHaveLength(1);
  });
});
