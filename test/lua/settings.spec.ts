import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('configure', () => {
  it('puts settings where the next script reads them', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await sale.run('configure', 2, 'status', 'paused', 'holdTtlMs', 1_000)).toEqual(['ok']);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['refused sale-paused']);
    await sale.run('configure', 3, 'status', 'open');
    await sale.decide({ id: 'b', lines: '1x1' });
    expect(await sale.holdOf('b')).toMatchObject({ expiresAt: harness.now + 1_000 });
    await sale.balanced();
  });

  it('refuses a revision older than the last, and applies the same one again', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.run('configure', 5, 'status', 'paused');
    const before = await sale.state();
    expect(await sale.run('configure', 4, 'status', 'open')).toEqual(['older']);
    expect(await sale.state()).toEqual(before);
    expect(await sale.run('configure', 5, 'status', 'closed')).toEqual(['ok']);
    expect((await sale.state()).meta).toMatchObject({ status: 'closed', revision: '5' });
  });
});

const META = ['run', 'a run', 'last', 0, 'sequence', 0];

describe('open-epoch', () => {
  it('opens an epoch whose keys are all there, and tells the one before', async () => {
    const sale = await harness.sale({ skus: [{ units: 300 }] });
    const { redis } = harness.connection;
    await redis.hset(sale.redisKey('stock', 2), '1', '300 300 300 0 0 0 0 0 0');
    await redis.hset(sale.redisKey('units', 2), '1:0', '1'.repeat(256), '1:1', '1'.repeat(44));
    const before = await sale.state();
    for (const counts of [
      [2, 2, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [1, 2, 1, 0, 0],
      [1, 2, 0, 1, 0],
      [1, 2, 0, 0, 1],
    ])
      expect(await sale.runIn(2, 'open-epoch', ...counts, ...META)).toMatchObject({ status: 'incomplete' });
    expect(await sale.state()).toEqual(before);
    expect(await sale.runIn(2, 'open-epoch', 1, 2, 0, 0, 0, ...META)).toMatchObject({
      status: 'opened',
      values: ['1'],
    });
    expect(await redis.hgetall(sale.redisKey('meta'))).toEqual({ epoch: '2', run: 'a run', last: '0', sequence: '0' });
  });

  it('never puts an old epoch, or the same, over a newer one', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x1' });
    const before = await sale.state();
    for (const epoch of [0, 1]) {
      expect(await sale.runIn(epoch, 'open-epoch', 1, 1, 1, 0, 0, ...META)).toMatchObject({ status: 'older' });
    }
    expect(await sale.state()).toEqual(before);
  });

  it('counts epochs as numbers: 10 comes after 9', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await harness.connection.redis.hset(sale.redisKey('meta'), 'epoch', 9);
    expect(await sale.runIn(10, 'open-epoch', 0, 0, 0, 0, 0, ...META)).toMatchObject({
      status: 'opened',
      values: ['9'],
    });
    await harness.connection.redis.unlink(sale.redisKey('meta'));
    expect(await sale.runIn(11, 'open-epoch', 0, 0, 0, 0, 0, ...META)).toMatchObject({
      status: 'opened',
      values: [''],
    });
  });
});

describe('close-epoch', () => {
  it('ends the epoch before, so that its scripts find no state, and open-epoch knows what to forget', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x1' });
    for (let time = 0; time < 2; time++) {
      expect(await sale.runIn(2, 'close-epoch')).toMatchObject({ status: 'closed', values: [] });
      expect(await sale.runIn(1, 'expire', 10)).toMatchObject({ status: 'no-state' });
    }
    expect(await sale.runIn(3, 'open-epoch', 0, 0, 0, 0, 0, ...META)).toMatchObject({
      status: 'opened',
      values: ['1'],
    });
  });

  it('leaves the epoch that is to be built, and a newer one', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    const before = await sale.state();
    for (const epoch of [0, 1]) expect(await sale.runIn(epoch, 'close-epoch')).toMatchObject({ status: 'older' });
    expect(await sale.state()).toEqual(before);
  });
});

describe('view', () => {
  it('reads records and the clock of one moment, and writes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'held', lines: '1x1' });
    await sale.accept({ id: 'queued', lines: '1x1' });
    await sale.advance(100_000);
    const before = await sale.state();
    const ids = ['held', 'queued', 'nobody'].map((id) => sale.tail(id));
    const [word, now, ...records] = await sale.run('view', ...ids);
    expect([word, now]).toEqual(['ok', String(harness.now)]);
    expect(records).toEqual([
      ...[before.requests?.[sale.tail('held')], before.holds?.[sale.tail('held')]],
      ...[before.requests?.[sale.tail('queued')], '', '', ''],
    ]);
    expect(await sale.state()).toEqual(before);
  });

  it('shows what was announced and has lost its hold as held', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.accept({ id: 'a', lines: '1x1' });
    expect((await sale.run('view', sale.tail('a')))[2]).toMatch(/^queued\n1\n/);
    await harness.connection.redis.zrem(sale.redisKey('queued'), sale.tail('a'));
    expect((await sale.run('view', sale.tail('a')))[2]).toMatch(/^held\n1\n/);
  });
});

describe('availability', () => {
  it('has the counts of every SKU, and when its next hold ends', async () => {
    const sale = await harness.sale({
      skus: [{ units: 10, withdrawn: [9], blocked: [10] }, { units: 4 }, { units: 1 }],
    });
    await sale.reserve({ id: 'a', lines: '1x3' });
    await sale.advance(1);
    await sale.reserve({ id: 'b', lines: '1x1 2x1' });
    await sale.pin('a');
    const before = await sale.state();
    const nextExpiryAt = new Date(harness.now + 600_000);
    expect(await harness.stock.read(sale)).toEqual([
      { ordinal: 1, capacity: 9, available: 4, held: 1, checkout: 3, sold: 0, blocked: 1, nextExpiryAt },
      { ordinal: 2, capacity: 4, available: 3, held: 1, checkout: 0, sold: 0, blocked: 0, nextExpiryAt },
      { ordinal: 3, capacity: 1, available: 1, held: 0, checkout: 0, sold: 0, blocked: 0, nextExpiryAt: null },
    ]);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('has the status by the clock', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }], status: 'scheduled', opensInMs: 10, closesInMs: 20 });
    const statuses: (string | undefined)[] = [];
    for (const ms of [9, 1, 9, 1]) {
      await sale.advance(ms);
      statuses.push((await sale.run('availability'))[2]);
    }
    expect(statuses).toEqual(['scheduled', 'open', 'open', 'closed']);
  });
});

describe('the clock', () => {
  it('is the machine’s, and never runs back behind the last script that wrote', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }] });
    const { redis } = harness.connection;
    await redis.hset(sale.redisKey('meta'), 'last', 0);
    const read = async (offsetMs: number): Promise<number> => {
      await redis.set(sale.redisKey('clock'), offsetMs);
      await sale.accept({ id: `at${offsetMs}`, lines: '1x1' });
      return Number(await redis.hget(sale.redisKey('meta'), 'last'));
    };
    const [time] = await redis.time();
    const machine = Number(time) * 1_000;
    const ahead = await read(3_600_000);
    expect(ahead - machine).toBeGreaterThanOrEqual(3_600_000);
    expect(ahead - machine).toBeLessThan(3_660_000);
    expect(await read(0)).toBe(await read(-3_600_000));
    expect(await read(0)).toBeGreaterThanOrEqual(ahead);
  });
});
