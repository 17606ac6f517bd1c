import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/** The answer of expire.lua: units, now, and of each hold its id and its deadline, so many ms ago. */
const ended = (units: number, ...holds: [string, number][]): string[] => [
  ...['ok', String(units), String(harness.now)],
  ...holds.flatMap(([id, lateMs]) => [id.padEnd(32, '_'), String(harness.now - lateMs)]),
];

describe('expire', () => {
  it('gives back what is due, at its millisecond and not before', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(59_999);
    const before = await sale.state();
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    expect(await sale.state()).toEqual(before);
    await sale.advance(1);
    expect(await sale.run('expire', 10)).toEqual(ended(2, ['a', 0]));
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    await sale.balanced();
  });

  it('leaves a note for the journal, and tells the request how it ended', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(60_000);
    await sale.run('expire', 10);
    expect((await sale.state()).ended).toEqual({ [sale.tail('a')]: `expired 3 ${harness.now}` });
    expect(await sale.requestOf('a')).toMatchObject({ status: 'expired', version: 3 });
  });

  it('ends a hold that nobody was told of as a request that waited too long', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.decide({ id: 'a', lines: '1x2' });
    await sale.advance(60_000);
    expect(await sale.run('expire', 10)).toEqual(ended(2, ['a', 0]));
    expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected', version: 3, rejection: 'queue-timeout' });
    await sale.balanced();
  });

  it('takes no more than it is asked to, those that ended first, and says how late each is', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    for (const id of ['a', 'b', 'c']) {
      await sale.reserve({ id, lines: '1x1' });
      await sale.advance(1);
    }
    await sale.advance(60_000);
    expect(await sale.run('expire', 2)).toEqual(ended(2, ['a', 3], ['b', 2]));
    await sale.balanced();
    expect(await sale.run('expire', 2)).toEqual(ended(1, ['c', 1]));
    await sale.balanced();
  });

  it('takes no pinned hold, however long ago its deadline was', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    await sale.advance(10_000_000);
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    expect(await sale.counts()).toEqual(['3 0 2 0 0 / 5']);
    await sale.balanced();
  });

  it('follows an extended deadline', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.run('extend', sale.tail('a'));
    await sale.advance(119_999);
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    await sale.advance(1);
    expect(await sale.run('expire', 10)).toEqual(ended(2, ['a', 0]));
    await sale.balanced();
  });

  it('stops with nothing written when a deadline has no hold', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1' });
    await harness.connection.redis.hdel(sale.redisKey('holds'), sale.tail('b'));
    await sale.advance(60_000);
    const before = await sale.state();
    await expect(sale.run('expire', 10)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.state()).toEqual(before);
  });
});

describe('books that are wrong', () => {
  const rewrite = async (sale: LedgerSale, key: 'holds' | 'units', field: string, from: RegExp, to: string) => {
    const { redis } = harness.connection;
    const text = await redis.hget(sale.redisKey(key), field);
    await redis.hset(sale.redisKey(key), field, (text ?? '').replace(from, to));
  };

  it.each(['expire', 'announce'] as const)(
    'stop %s with nothing written when a unit has two owners',
    async (script) => {
      const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
      await sale.decide({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' });
      await rewrite(sale, 'holds', sale.tail('b'), /2$/, '1');
      await sale.advance(30_000);
      await sale.decide({ id: 'fresh', lines: '1x1' });
      await sale.advance(30_000);
      const before = await sale.state();
      const told = ['a', 'b', 'fresh'].flatMap((id) => [sale.tail(id), 2]);
      const call = script === 'expire' ? sale.run('expire', 10) : sale.run('announce', ...told);
      await expect(call).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(await sale.state()).toEqual(before);
    },
  );

  it('stop with nothing written when a unit that comes back is on sale already', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await rewrite(sale, 'units', '1:0', /^0/, '1');
    await sale.advance(60_000);
    const before = await sale.state();
    await expect(sale.run('expire', 10)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await sale.state()).toEqual(before);
  });
});

describe('a hold that is due when somebody asks', () => {
  it('goes to whoever asks, without waiting for the sweep', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(59_999);
    expect(await sale.decide({ id: 'early', lines: '1x2', customer: 'bob' })).toEqual([
      `refused units-unavailable 1:2:0:2:${harness.now + 1}:`,
    ]);
    await sale.advance(1);
    await sale.accept({ id: 'b', lines: '1x2', customer: 'bob' });
    expect(await sale.run('hold', sale.tail('b'))).toEqual(['reclaimed']);
    await sale.balanced();
    expect(await sale.hold('b')).toEqual(['decided 1#1,2']);
    expect((await sale.state()).ended).toEqual({ [sale.tail('a')]: `expired 3 ${harness.now}` });
    await sale.balanced();
  });

  it('is reclaimed in rounds of 500', async () => {
    const sale = await harness.sale({ skus: [{ units: 502 }], holdTtlSeconds: 60 });
    const asks = Array.from({ length: 501 }, (_, i) => ({ id: `n${i}`, lines: '1x1', customer: `c${i}` }));
    await sale.decide(...asks);
    await sale.advance(60_000);
    await sale.accept({ id: 'all', lines: '1x502' });
    expect(await sale.run('hold', sale.tail('all'))).toEqual(['reclaimed']);
    expect(await sale.counts()).toEqual(['501 1 0 0 0 / 502']);
    await sale.balanced();
    expect((await sale.hold('all'))[0]).toMatch(/^decided 1#1,2,3,/);
    await sale.balanced();
  });

  it('gives its customer room under the limit again', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60, perCustomerMax: 2 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(60_000);
    expect(await sale.decide({ id: 'b', lines: '1x2' })).toEqual(['decided 1#1,2']);
    await sale.balanced();
  });
});

describe('overdue', () => {
  it('rejects what waited its time out, to the millisecond', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], queueTimeoutSeconds: 10 });
    await sale.accept({ id: 'a', lines: '1x2' });
    await sale.advance(9_999);
    const before = await sale.state();
    expect(await sale.run('overdue', 10)).toEqual(['ok']);
    expect(await sale.state()).toEqual(before);
    await sale.advance(1);
    expect(await sale.run('overdue', 10)).toEqual(['ok', 'rejected', sale.tail('a')]);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected', version: 2, rejection: 'queue-timeout' });
    expect(await sale.run('overdue', 10)).toEqual(['ok']);
    await sale.balanced();
  });

  it('hands back what was decided and never announced, once a timeout', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], queueTimeoutSeconds: 10 });
    await sale.decide({ id: 'a', lines: '1x2' });
    await sale.advance(10_000);
    expect(await sale.run('overdue', 10)).toEqual(['ok', 'stranded', sale.tail('a')]);
    expect(await sale.run('overdue', 10)).toEqual(['ok']);
    await sale.balanced();
    await sale.advance(10_000);
    expect(await sale.run('overdue', 10)).toEqual(['ok', 'stranded', sale.tail('a')]);
    expect(await sale.hold('a')).toEqual(['decided 1#1,2']);
    await sale.balanced();
  });

  it('takes no more than it is asked to, and none that was announced', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], queueTimeoutSeconds: 10 });
    await sale.reserve({ id: 'held', lines: '1x2' });
    await sale.accept({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' }, { id: 'c', lines: '1x2' });
    await sale.advance(10_000);
    expect(await sale.run('overdue', 2)).toEqual(['ok', 'rejected', sale.tail('a'), 'rejected', sale.tail('b')]);
    expect(await sale.run('overdue', 2)).toEqual(['ok', 'rejected', sale.tail('c')]);
    expect(await sale.counts()).toEqual(['3 2 0 0 0 / 5']);
    await sale.balanced();
  });
});
