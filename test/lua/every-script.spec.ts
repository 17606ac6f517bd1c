import { type LedgerSale } from '../ledger-sale.js';
import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

import { LAYOUT } from '../../src/inventory/layout.js';
import type { ScriptName } from '../../src/inventory/ledger.js';
import type { SaleKeyName } from '../ledger-sale.js';

/** Each script with arguments that make it work on the sale of `eventful`. */
const CALLS: [ScriptName, (sale: LedgerSale) => (string | number)[]][] = [
  ['accept', (sale) => [sale.tail('new'), 'eve', 'all', 'print', '1 1000 q 1', 'req', '']],
  ['announce', (sale) => [sale.tail('decided'), 2]],
  ['audit-ended', (sale) => [sale.tail('held'), sale.tail('gone')]],
  ['audit-holds', () => ['0', 100]],
  ['audit-sku', () => ['1', 0, 10]],
  ['availability', () => []],
  ['beat', () => [Date.now(), 0, 'no']],
  ['block', () => ['1', 0, 12]],
  ['configure', () => [7, 'status', 'paused']],
  ['erase', () => ['0', 100, 'bob', 'erased']],
  ['expire', () => [100]],
  ['extend', (sale) => [sale.tail('held')]],
  ['forget', () => ['0', 1, 100]],
  ['hold', (sale) => [sale.tail('queued'), sale.tail('decided')]],
  ['overdue', () => [100]],
  ['pin', (sale) => [sale.tail('held')]],
  ['rehold', (sale) => [sale.tail('again'), 'eve', '1 1000 2 0 1,2', 'print']],
  ['release', (sale) => [sale.tail('held')]],
  ['requests-of', () => ['0', 100, 'ann', 'bob']],
  ['restock', (sale) => [sale.tail('sold'), 5, sale.tail('sold'), 'ann', '1 1000 1 0 1']],
  ['settle', (sale) => [sale.tail('pinned'), 4]],
  ['supply', () => ['1', 1, 0, '', 0, 1, '1'.repeat(25)]],
  ['undo', (sale) => [sale.tail('decided'), 2, 'queue-timeout']],
  ['view', (sale) => [sale.tail('held')]],
  ['void', (sale) => [sale.tail('pinned'), 'released', 4]],
  ['withdraw', () => ['1', 0, 'capacity', 18]],
];
const KEYS: SaleKeyName[] = [
  'meta',
  'requests',
  'queued',
  'customer-requests',
  'holds',
  'due',
  'pins',
  'stock',
  'units',
];
const CORRUPTIBLE: SaleKeyName[] = [...KEYS, 'customer-units', 'ended', 'restocked', 'withdrawn'];

/**
 * Something in every key: a queued request, an overdue one, a decided hold, a held, an overdue one, a pinned, a sold, a restocked, a unit
 * withdrawn. */
async function eventful(): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 20 }], holdTtlSeconds: 60, extensionsMax: 5 });
  await sale.run('withdraw', '1', 0, 'capacity', 19);
  await sale.reserve({ id: 'sold', lines: '1x1' }, { id: 'pinned', lines: '1x1' }, { id: 'due', lines: '1x1' });
  await sale.reserve({ id: 'gone', lines: '1x1', customer: 'bob' }, { id: 'back', lines: '1x1' });
  await sale.sell('sold');
  await sale.sell('back');
  await sale.cancel('back', true);
  await sale.restock('back');
  await sale.pin('pinned');
  await sale.run('release', sale.tail('gone'));
  await sale.accept({ id: 'late', lines: '1x1' });
  await sale.advance(31_000);
  await sale.reserve({ id: 'held', lines: '1x1' });
  await sale.decide({ id: 'decided', lines: '1x1' });
  await sale.accept({ id: 'queued', lines: '1x1' });
  await sale.advance(29_000);
  return sale;
}

async function dump(sale: LedgerSale): Promise<Map<SaleKeyName, Buffer | null>> {
  const kept = new Map<SaleKeyName, Buffer | null>();
  for (const name of CORRUPTIBLE) kept.set(name, await sale.harness.connection.redis.dumpBuffer(sale.redisKey(name)));
  return kept;
}

/** What stands in a key, in an order of its own: a dump follows Redis's table, which moves while it grows. */
async function contents(sale: LedgerSale): Promise<Map<SaleKeyName, string>> {
  const { redis } = sale.harness.connection;
  const found = new Map<SaleKeyName, string>();
  for (const name of CORRUPTIBLE) {
    const key = sale.redisKey(name);
    const type = await redis.type(key);
    if (type === 'zset') found.set(name, (await redis.zrange(key, '0', '-1', 'WITHSCORES')).join());
    else if (type === 'hash') found.set(name, JSON.stringify(Object.entries(await redis.hgetall(key)).sort()));
    else found.set(name, type);
  }
  return found;
}

describe.each(CALLS)('%s', (name, argsFor) => {
  let sale: LedgerSale;
  beforeAll(async () => (sale = await eventful()));
  afterEach(() => sale.balanced());

  it('does nothing under another epoch', async () => {
    const before = await sale.state();
    for (const epoch of [0, 2]) {
      await harness.connection.redis.hset(sale.redisKey('meta'), 'epoch', epoch);
      expect(await sale.run(name, ...argsFor(sale))).toEqual(['stale-epoch']);
    }
    await harness.connection.redis.hset(sale.redisKey('meta'), 'epoch', 1);
    expect(await sale.state()).toEqual(before);
  });

  it('does nothing on a layout that it does not know', async () => {
    const { redis } = harness.connection;
    const before = await sale.state();
    for (const [layout, word] of [
      [LAYOUT.newest + 1, 'newer-layout'],
      [LAYOUT.oldest - 1, 'no-state'],
    ] as const) {
      await redis.hset(sale.redisKey('meta'), 'layout', layout);
      expect(await sale.run(name, ...argsFor(sale))).toEqual([word]);
    }
    await redis.hset(sale.redisKey('meta'), 'layout', LAYOUT.written);
    expect(await sale.state()).toEqual(before);
  });

  it('does nothing where there is no state, and creates none', async () => {
    const { redis } = harness.connection;
    const { meta, ...before } = await sale.state();
    await redis.rename(sale.redisKey('meta'), `${sale.redisKey('meta')}:aside`);
    expect(await sale.run(name, ...argsFor(sale))).toEqual(['no-state']);
    expect(await sale.state()).toEqual(before);
    await redis.rename(`${sale.redisKey('meta')}:aside`, sale.redisKey('meta'));
    expect((await sale.state()).meta).toEqual(meta);
  });

  it.each(CORRUPTIBLE)('changes nothing when %s is of another type', async (corrupted) => {
    const { redis } = harness.connection;
    const [kept, before] = [await dump(sale), await contents(sale)];
    await redis.set(sale.redisKey(corrupted), 'no hash and no set');
    const failed = await sale.run(name, ...argsFor(sale)).then(
      () => false,
      () => true,
    );
    const after = await contents(sale);
    for (const [key, value] of kept) {
      await redis.unlink(sale.redisKey(key));
      if (value) await redis.restore(sale.redisKey(key), 0, value);
    }
    const changed = [...before].filter(([key, value]) => key !== corrupted && after.get(key) !== value);
    expect(failed ? changed.map(([key]) => key) : []).toEqual([]);
  });
});

describe('the sale that these scripts run on', () => {
  it('has something in every key, so that each is worth corrupting', async () => {
    const sale = await eventful();
    expect(Object.keys(await sale.state()).sort()).toEqual([...CORRUPTIBLE].sort());
    await sale.balanced();
  });
});
