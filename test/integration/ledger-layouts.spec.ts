import { LAYOUT } from '../../src/inventory/layout.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const setLayout = (sale: LedgerSale, layout: number): Promise<unknown> =>
  harness.postgres.query('UPDATE sales SET layout = $2, epoch = epoch + 1 WHERE id = $1', [sale.id, layout]);

async function layouts(sale: LedgerSale): Promise<unknown[]> {
  const [row] = await harness.postgres.query<{ layout: number }>('SELECT layout FROM sales WHERE id = $1', [sale.id]);
  return [row?.layout, await harness.connection.redis.hget(sale.redisKey('meta'), 'layout')];
}

describe('the layout of a sale', () => {
  it('is written by each rebuild beside the epoch, in both stores', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await layouts(sale)).toEqual([LAYOUT.written, String(LAYOUT.written)]);
  });

  it('may be missing in Redis: the version before layouts had none, and its sales go on', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'before', lines: '1x2' });
    await harness.connection.redis.hdel(sale.redisKey('meta'), 'layout');
    expect(await sale.reserve({ id: 'after', lines: '1x1' })).toEqual(['decided 1#3']);
    await sale.pin('before');
    expect(await harness.guardian.runOnce()).toBe(0);
    await sale.balanced();
  });

  it('that this version has left behind is raised by a rebuild, which loses nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await harness.postgres.query('UPDATE sales SET layout = $2 WHERE id = $1', [sale.id, LAYOUT.oldest - 1]);
    await harness.connection.redis.hset(sale.redisKey('meta'), 'layout', LAYOUT.oldest - 1);
    expect(await sale.rebuild()).toBe(1);
    expect(await layouts(sale)).toEqual([LAYOUT.written, String(LAYOUT.written)]);
    expect(await sale.pin('a')).toBe('pinned');
    await sale.balanced();
  });
});

describe('a sale that a newer version has rebuilt in a form that we do not know', () => {
  let sale: LedgerSale;
  beforeAll(async () => {
    sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await setLayout(sale, LAYOUT.newest + 1);
  });

  it('is left alone: store-unavailable for callers, once in the log', async () => {
    const logged = jest.spyOn(harness.log.root, 'error').mockImplementation(() => undefined);
    harness.epochs.forget(sale);
    for (let i = 0; i < 3; i++) {
      await expect(sale.decide({ id: 'b', lines: '1x1' })).rejects.toMatchObject({ code: 'store-unavailable' });
      await expect(harness.ended.read(sale, 10)).rejects.toMatchObject({ code: 'store-unavailable' });
    }
    expect(logged.mock.calls.map(([, message]) => message)).toEqual([expect.stringContaining('upgrade this process')]);
  });

  it('is not rebuilt by our guardian, whatever it looks like to us', async () => {
    const before = await sale.state();
    harness.guardian.suspect(sale.id, 2);
    expect(await harness.guardian.runOnce()).toBe(0);
    expect(
      await harness.rebuild.rebuild({
        id: sale.id,
        key: sale.key,
        epoch: 2,
        revision: 1,
        layout: 1,
        redis_run_id: null,
      }),
    ).toBe(false);
    expect(await sale.state()).toEqual(before);
    expect(await sale.epoch()).toBe(2);
  });
});

describe('a fact of a kind that this version does not know', () => {
  it('stays in the outbox for the version that does', async () => {
    const [fact] = await harness.postgres.query<{ id: number }>(
      `INSERT INTO outbox (kind, sale_id, payload) VALUES ('of.tomorrow', 'sale_x', '{}') RETURNING id`,
    );
    expect(await harness.relay.runOnce()).toBe(0);
    const open = await harness.postgres.query('SELECT id FROM outbox WHERE delivered_at IS NULL');
    expect(open).toEqual([fact]);
  });
});
