import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('announce', () => {
  it('makes a decided hold held, and its request undecided no more', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    expect(await sale.run('announce', sale.tail('a'), 2)).toEqual(['ok', 'held']);
    expect(await sale.holdOf('a')).toMatchObject({ state: 'held', version: 2 });
    expect((await sale.state()).queued).toBeUndefined();
    await sale.balanced();
  });

  it('says held again, and changes nothing, for a hold that was announced or pinned', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await sale.pin('b');
    const before = await sale.state();
    expect(await sale.run('announce', sale.tail('a'), 2, sale.tail('b'), 3)).toEqual(['ok', 'held', 'held']);
    expect(await sale.state()).toEqual(before);
  });

  it('says gone for a hold that is not there, or not of this version', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await sale.run('release', sale.tail('b'));
    const before = await sale.state();
    expect(await sale.run('announce', sale.tail('a'), 3, sale.tail('b'), 2, sale.tail('c'), 2)).toEqual([
      ...['ok', 'gone', 'gone', 'gone'],
    ]);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('decides against the deadline, to the millisecond: the units are back at once', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.decide({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1' });
    await sale.advance(59_999);
    expect(await sale.run('announce', sale.tail('a'), 2)).toEqual(['ok', 'held']);
    await sale.advance(1);
    expect(await sale.run('announce', sale.tail('b'), 2)).toEqual(['ok', 'expired']);
    expect(await sale.requestOf('b')).toMatchObject({ status: 'rejected', version: 3, rejection: 'queue-timeout' });
    expect(await sale.counts()).toEqual(['3 2 0 0 0 / 5']);
    await sale.balanced();
    expect(await sale.run('announce', sale.tail('b'), 2)).toEqual(['ok', 'gone']);
  });
});

describe('undo', () => {
  it('takes back a hold that was too late for the journal', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    expect(await sale.run('undo', sale.tail('a'), 2, 'queue-timeout')).toEqual(['ok', 'undone']);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'rejected', version: 3, rejection: 'queue-timeout' });
    expect(await sale.counts()).toEqual(['5 0 0 0 0 / 5']);
    expect(await sale.state()).not.toHaveProperty('queued');
    await sale.balanced();
  });

  it('forgets the request where another row has its id, so that the row answers', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    expect(await sale.run('undo', sale.tail('a'), 2, 'row')).toEqual(['ok', 'undone']);
    expect(await sale.requestOf('a')).toBeNull();
    expect(await sale.state()).not.toHaveProperty('queued');
    await sale.balanced();
  });

  it('leaves what is announced, gone, or of another version', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'told', lines: '1x2' });
    await sale.decide({ id: 'a', lines: '1x2' });
    const before = await sale.state();
    const undone = [sale.tail('told'), 2, 'row', sale.tail('a'), 3, 'row', sale.tail('nobody'), 2, 'row'];
    expect(await sale.run('undo', ...undone)).toEqual(['ok', 'gone', 'gone', 'gone']);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('run again changes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.decide({ id: 'a', lines: '1x2' });
    await sale.run('undo', sale.tail('a'), 2, 'queue-timeout');
    const before = await sale.state();
    expect(await sale.run('undo', sale.tail('a'), 2, 'queue-timeout')).toEqual(['ok', 'gone']);
    expect(await sale.state()).toEqual(before);
  });
});
