import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('hold', () => {
  it('takes the lowest numbers, in the order of arrival', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' })).toEqual([
      ...['decided 1#1,2', 'decided 1#3,4'],
    ]);
    expect(await sale.counts()).toEqual(['1 4 0 0 0 / 5']);
    await sale.balanced();
  });

  it('writes the hold down with its number, its moment and its deadline; the record still says queued', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 5 }], holdTtlSeconds: 90 });
    await sale.decide({ id: 'a', lines: '1x1' });
    await sale.decide({ id: 'b', lines: '2x2 1#4', customer: 'bob' });
    expect(await sale.holdOf('b')).toEqual({
      ...{ state: 'decided', version: 2, sequence: 2, heldAt: harness.now, expiresAt: harness.now + 90_000 },
      ...{ extensions: 0, checkoutExpiresAt: 0, customerId: 'bob' },
      lines: [
        { ordinal: 2, unitPrice: 2_000, requested: 2, named: false, units: [1, 2] },
        { ordinal: 1, unitPrice: 1_000, requested: 1, named: true, units: [4] },
      ],
    });
    expect(await sale.requestOf('b')).toMatchObject({ status: 'queued', version: 1 });
    await sale.balanced();
  });

  it('gives units that came back before new ones', async () => {
    const sale = await harness.sale({ skus: [{ units: 600 }] });
    await sale.reserve({ id: 'a', lines: '1x300' }, { id: 'b', lines: '1x2' });
    await sale.run('release', sale.tail('a'));
    expect(await sale.decide({ id: 'c', lines: '1x2' })).toEqual(['decided 1#1,2']);
    await sale.balanced();
  });

  it('finds units over the end of a page of 256', async () => {
    const sale = await harness.sale({ skus: [{ units: 600 }] });
    await sale.decide({ id: 'a', lines: '1x255' }, { id: 'n', lines: '1#512' });
    expect(await sale.decide({ id: 'b', lines: '1x2' })).toEqual(['decided 1#256,257']);
    await sale.decide({ id: 'c', lines: '1x253' });
    expect(await sale.decide({ id: 'd', lines: '1x3' })).toEqual(['decided 1#511,513,514']);
    await sale.balanced();
  });

  it('leaves out withdrawn and blocked units', async () => {
    const sale = await harness.sale({ skus: [{ units: 6, withdrawn: [1, 4], blocked: [2] }] });
    expect(await sale.counts()).toEqual(['3 0 0 0 1 / 4']);
    expect(await sale.decide({ id: 'a', lines: '1x4' }, { id: 'b', lines: '1x3' })).toEqual([
      ...['refused units-unavailable 1:4:3:0:0:', 'decided 1#3,5,6'],
    ]);
    await sale.balanced();
  });

  it('decides all lines or none', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 1 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2 2x2' }, { id: 'b', lines: '1x5 2x1' })).toEqual([
      ...['refused units-unavailable 2:2:1:0:0:', 'decided 1#1,2,3,4,5 2#1'],
    ]);
    await sale.balanced();
  });

  it('adds up several lines on one SKU', async () => {
    const sale = await harness.sale({ skus: [{ units: 4 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2 1x3' }, { id: 'b', lines: '1x1 1#1 1x2' })).toEqual([
      ...['refused units-unavailable 1:2:4:0:0: 1:3:4:0:0:', 'decided 1#2 1#1 1#3,4'],
    ]);
    await sale.balanced();
  });

  it('rejects with the reason in the record, and takes the request out of the queue', async () => {
    const sale = await harness.sale({ skus: [{ units: 1 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2' })).toEqual(['refused units-unavailable 1:2:1:0:0:']);
    expect(await sale.requestOf('a')).toMatchObject({
      status: 'rejected',
      version: 2,
      rejection: 'units-unavailable 1:2:1:0:0:',
    });
    expect(await sale.state()).not.toHaveProperty('queued');
    await sale.balanced();
  });
});

describe('named units', () => {
  it('are held by name, or none of them', async () => {
    const sale = await harness.sale({ skus: [{ units: 6, withdrawn: [6], blocked: [5] }], holdTtlSeconds: 60 });
    const ends = harness.now + 60_000;
    expect(
      await sale.decide(
        { id: 'a', lines: '1#2,4', customer: 'bob' },
        { id: 'b', lines: '1#1,2' },
        { id: 'c', lines: '1#5,6,7,0' },
      ),
    ).toEqual([
      ...['decided 1#2,4', `refused units-unavailable 1:2:2:2:${ends}:2`],
      `refused units-unavailable 1:4:2:2:${ends}:5,6,7,0`,
    ]);
    await sale.balanced();
  });

  it('are not taken by a line of the same request that takes any', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }] });
    expect(await sale.decide({ id: 'a', lines: '1x2 1#1' })).toEqual(['decided 1#2,3 1#1']);
    await sale.balanced();
  });

  it('are refused when a request names one twice', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    expect(await sale.decide({ id: 'a', lines: '1#2,2' }, { id: 'b', lines: '1#3 1#3,4' })).toEqual([
      ...['refused units-unavailable 1:2:5:0:0:2', 'refused units-unavailable 1:2:5:0:0:3'],
    ]);
    await sale.balanced();
  });
});

describe('a batch', () => {
  it('has its competitors decided one after the other', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }], holdTtlSeconds: 60 });
    const refused = `refused units-unavailable 1:2:1:2:${harness.now + 60_000}:`;
    const asks = ['ann', 'bob', 'cyd', 'dan'].map((customer) => ({ id: customer, customer, lines: '1x2' }));
    expect(await sale.decide(...asks)).toEqual([...['decided 1#1,2', refused, refused, refused]]);
    expect(await sale.decide({ id: 'eve', customer: 'eve', lines: '1x1' })).toEqual(['decided 1#3']);
    await sale.balanced();
  });

  it('answers a request that it decided itself, or that it rejected, as ended', async () => {
    const sale = await harness.sale({ skus: [{ units: 3 }], holdTtlSeconds: 60 });
    await sale.accept({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    const refused = `refused units-unavailable 1:2:1:0:${harness.now + 60_000}:`;
    expect(await sale.hold('a', 'a', 'b', 'b')).toEqual([...['decided 1#1,2', 'ended', refused, 'ended']]);
    await sale.balanced();
  });

  it('run again meets the same units', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }] });
    await sale.reserve({ id: 'told', lines: '1x1' });
    await sale.decide({ id: 'a', lines: '1x2' }, { id: 'no', lines: '1x9' });
    const before = await sale.state();
    expect(await sale.hold('a', 'told', 'no', 'nobody')).toEqual(['decided 1#2,3', 'standing 1#1', 'ended', 'unknown']);
    expect(await sale.state()).toEqual(before);
    await sale.pin('told');
    expect(await sale.hold('told')).toEqual(['standing 1#1']);
    await sale.balanced();
  });

  it('leaves alone what was withdrawn while queued, or announced and ended since', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }] });
    await sale.accept({ id: 'withdrawn', lines: '1x1' });
    await sale.run('release', sale.tail('withdrawn'));
    await sale.reserve({ id: 'lost', lines: '1x1' });
    await sale.run('release', sale.tail('lost'));
    expect(await sale.hold('withdrawn', 'lost')).toEqual(['ended', 'ended']);
    expect(await sale.counts()).toEqual(['9 0 0 0 0 / 9']);
    await sale.balanced();
  });

  it('never decides anew what was told of, though its hold and its end are gone', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }] });
    await sale.accept({ id: 'a', lines: '1x1' });
    await harness.connection.redis.zrem(sale.redisKey('queued'), sale.tail('a'));
    expect(await sale.hold('a')).toEqual(['ended']);
    expect(await sale.counts()).toEqual(['9 0 0 0 0 / 9']);
  });
});
