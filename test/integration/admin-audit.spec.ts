import type { AuditLine, AuditPage } from '../../src/admin/audit.dto.js';
import { Postgres } from '../../src/platform/postgres.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all();
});
beforeEach(async () => {
  sale = await site.sale();
});
afterAll(() => site.close());

async function audit(query: string): Promise<AuditPage> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const path = `/v1/admin/audit?${query}`;
  return must(200, await site.client.send(site.url, { method: 'GET', path, headers })).body as unknown as AuditPage;
}

const actions = ({ items }: AuditPage): string[] => items.map(({ action }) => action);

describe('GET /v1/admin/audit', () => {
  it('tells who did what, why, and what it changed; the newest first', async () => {
    await site.operator().command(sale.id, 'pause');
    const page = await audit(`subject=${sale.id}`);
    expect(actions(page)).toEqual(['sale.pause', 'sale.open', 'sale.create']);
    expect(page.items[0]).toMatchObject({
      ...{ actor: expect.stringMatching(/^admin:key_/) as string, actorName: expect.any(String) as string },
      ...{ subject: sale.id, reason: 'a test', before: { status: 'open' }, after: { status: 'paused' } },
    });
  });

  it('finds all that belongs to a sale, orders too, and nothing of another', async () => {
    await site.sale();
    const { body: held } = await site.held(sale, 'ann');
    const { body: order } = must(201, await site.shop().confirm(held.id, 'pay_1'));
    must(200, await site.shop().cancel(order.id, true));
    expect(actions(await audit(`saleId=${sale.id}`))).toEqual(['order.cancel', 'sale.open', 'sale.create']);
    expect((await audit(`saleId=${sale.id}&action=order`)).items.map(({ subject }) => subject)).toEqual([order.id]);
  });

  it('filters by actor, by action and its kind, and by time', async () => {
    const { items } = await audit(`saleId=${sale.id}`);
    const [opened, created] = items as [AuditLine, AuditLine];
    expect(actions(await audit(`saleId=${sale.id}&action=sale.create`))).toEqual(['sale.create']);
    expect(actions(await audit(`saleId=${sale.id}&action=sale`))).toHaveLength(2);
    expect(actions(await audit(`saleId=${sale.id}&action=sal`))).toEqual([]);
    expect(actions(await audit(`saleId=${sale.id}&actor=${opened.actor}`))).toHaveLength(2);
    expect(actions(await audit(`saleId=${sale.id}&actor=admin:key_another`))).toEqual([]);
    expect(actions(await audit(`saleId=${sale.id}&until=${created.at}`))).toEqual([]);
    expect(actions(await audit(`saleId=${sale.id}&since=${created.at}`))).toHaveLength(2);
    expect(actions(await audit(`saleId=${sale.id}&since=0000-01-01T00:00:00Z`))).toHaveLength(2);
  });

  it('gives pages that neither repeat nor miss a line while others are written', async () => {
    const first = await audit(`saleId=${sale.id}&limit=1`);
    await site.operator().command(sale.id, 'pause');
    const second = await audit(`saleId=${sale.id}&limit=1&cursor=${first.nextCursor}`);
    expect([...actions(first), ...actions(second)]).toEqual(['sale.open', 'sale.create']);
    expect(second.nextCursor).toBeNull();
  });

  it('refuses a cursor of another list', async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const path = '/v1/admin/audit?cursor=abc';
    const { status, body } = await site.client.send(site.url, { method: 'GET', path, headers });
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([422, 'invalid-request', '?cursor']);
  });

  it.each(["UPDATE audit SET actor = 'nobody'", 'DELETE FROM audit', 'TRUNCATE audit'])(
    'is of a log that refuses: %s',
    async (statement) => {
      await expect(site.app.get(Postgres).query(statement)).rejects.toThrow('never changed or deleted');
    },
  );
});
