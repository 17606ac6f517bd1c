import type { JournalledHold } from '../../src/inventory/journal.js';
import { LedgerHarness } from '../ledger-harness.js';
import { CHECKOUT_TTL_MS, type LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const changed = (hold: JournalledHold, change: Partial<JournalledHold['hold']>): JournalledHold => ({
  ...{ ...hold, hold: { ...hold.hold, ...change } },
});

async function decided(...ids: string[]): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 20 }, { units: 5 }], holdTtlSeconds: 60 });
  await sale.decide(...ids.map((id) => ({ id, lines: '1x2 2#3', mode: 'partial' as const })));
  return sale;
}

describe('the journal of a hold', () => {
  it('has all that a rebuild and a reader need', async () => {
    const sale = await decided('a');
    expect(await sale.journal('a')).toEqual(['journalled']);
    const at = new Date(harness.now);
    expect(await sale.row('a')).toEqual({
      ...{ id: sale.rowId('a'), sale_id: sale.id, customer_id: 'ann', status: 'held', epoch: 1, version: 2 },
      ...{
        hold_sequence: 1,
        mode: 'partial',
        fingerprint: 'print-1x2 2#3',
        total: 4_000,
        metadata: null,
        extensions: 0,
      },
      lines: [
        { ordinal: 1, unitPrice: 1_000, requested: 2, named: false, units: [1, 2] },
        { ordinal: 2, unitPrice: 2_000, requested: 1, named: true, units: [3] },
      ],
      ...{ queued_at: at, held_at: at, expires_at: new Date(harness.now + 60_000), checkout_expires_at: null },
      ...{ overdue: false, order_id: null },
    });
  });

  it('is written once: the same job run again finds it journalled, also after its deadline', async () => {
    const sale = await decided('a', 'b');
    await sale.journal('a');
    expect(await sale.journal('a', 'b')).toEqual(['journalled', 'journalled']);
    await sale.advance(60_000);
    expect(await sale.journal('a', 'b')).toEqual(['journalled', 'journalled']);
    expect(await sale.row('a')).toMatchObject({ status: 'held', version: 2, overdue: true });
  });

  it('comes too late at the deadline, to the millisecond', async () => {
    const sale = await decided('a', 'b');
    await sale.advance(59_999);
    expect(await sale.journal('a')).toEqual(['journalled']);
    await sale.advance(1);
    expect(await sale.journal('b')).toEqual(['overdue']);
    expect(await sale.row('b')).toBeNull();
  });

  it('never takes the place of another row: of another decision, or of one that has moved on', async () => {
    const sale = await decided('a', 'b', 'c', 'd');
    const [a, b, c] = [await sale.journalled('a'), await sale.journalled('b'), await sale.journalled('c')];
    const insert = (...holds: JournalledHold[]): Promise<string[]> => harness.journal.insert(sale, 1, holds);
    await insert(changed(a, { sequence: 9 }), b, c);
    await harness.journal.release(sale, 1, b, null);
    await harness.journal.extend(sale, 1, c.tail, { ...c.hold, version: 3 });
    const before = [await sale.row('a'), await sale.row('b'), await sale.row('c')];
    expect(await insert(a, await sale.journalled('d'), b, c)).toEqual(['other', 'journalled', 'other', 'other']);
    expect([await sale.row('a'), await sale.row('b'), await sale.row('c')]).toEqual(before);
  });
});

describe('the journal of a release', () => {
  it('ends the row, with its reason; a repeat changes nothing', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    const hold = await sale.journalled('a');
    await harness.journal.release(sale, 1, hold, 'changed my mind');
    const row = await sale.row('a');
    expect(row).toMatchObject({ status: 'released', version: 3 });
    await harness.journal.release(sale, 1, hold, 'another reason');
    const [ended] = await harness.postgres.query('SELECT end_reason, ended_at FROM reservations WHERE id = $1', [
      sale.rowId('a'),
    ]);
    expect(ended).toEqual({ end_reason: 'changed my mind', ended_at: new Date(harness.now) });
    expect(await sale.row('a')).toEqual(row);
  });

  it('makes the row when it comes before the hold’s own: that one finds another row then', async () => {
    const sale = await decided('a');
    const hold = await sale.journalled('a');
    await harness.journal.release(sale, 1, hold, null);
    expect(await sale.row('a')).toMatchObject({ status: 'released', version: 3, total: 4_000 });
    expect(await sale.journal('a')).toEqual(['other']);
    expect(await sale.row('a')).toMatchObject({ status: 'released', version: 3 });
  });

  it('does not touch a row that is pinned', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    await sale.announce('a');
    const hold = await sale.journalled('a');
    await sale.pin('a');
    await harness.journal.release(sale, 1, changed(hold, { version: 7 }), null);
    expect(await sale.row('a')).toMatchObject({ status: 'checkout', version: 3 });
  });
});

describe('the journal of an extension', () => {
  it('moves the deadline by version; a repeat, or one that a newer overtook, counts as written', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    const { tail, hold } = await sale.journalled('a');
    const extended = { ...hold, version: 3, extensions: 1, expiresAt: hold.expiresAt + 5_000 };
    expect(await harness.journal.extend(sale, 1, tail, extended)).toBe(true);
    expect(await sale.row('a')).toMatchObject({
      version: 3,
      extensions: 1,
      expires_at: new Date(hold.expiresAt + 5_000),
    });
    expect(await harness.journal.extend(sale, 1, tail, { ...extended, expiresAt: 0 })).toBe(true);
    expect(await sale.row('a')).toMatchObject({ version: 3, expires_at: new Date(hold.expiresAt + 5_000) });
    expect(await harness.journal.extend(sale, 1, sale.tail('nobody'), extended)).toBe(false);
    await harness.journal.end(sale, 1, [{ tail, status: 'expired', version: 4, endedAt: harness.now }]);
    expect(await harness.journal.extend(sale, 1, tail, { ...extended, version: 5 })).toBe(false);
    expect(await sale.row('a')).toMatchObject({ status: 'expired', version: 4 });
  });
});

describe('the journal of a pin', () => {
  it('is the same when it is repeated, and another pin is refused', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    await sale.announce('a');
    await sale.run('pin', sale.tail('a'));
    const { tail, hold } = await sale.journalled('a');
    expect(await harness.journal.pin(sale, 1, tail, hold)).toBe(true);
    const row = await sale.row('a');
    expect(row).toMatchObject({
      ...{ status: 'checkout', version: 3, checkout_expires_at: new Date(harness.now + CHECKOUT_TTL_MS) },
    });
    expect(await harness.journal.pin(sale, 1, tail, hold)).toBe(true);
    expect(await harness.journal.pin(sale, 1, tail, { ...hold, version: 4 })).toBe(false);
    expect(await sale.row('a')).toEqual(row);
  });

  it('is refused when the row has ended, or is not there', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    const { tail, hold } = await sale.journalled('a');
    await harness.journal.end(sale, 1, [{ tail, status: 'released', version: 3, endedAt: harness.now }]);
    expect(await harness.journal.pin(sale, 1, tail, { ...hold, version: 4 })).toBe(false);
    expect(await harness.journal.pin(sale, 1, sale.tail('nobody'), hold)).toBe(false);
    expect(await sale.row('a')).toMatchObject({ status: 'released', version: 3 });
  });
});

describe('the sweep', () => {
  it('journals what expired and what was released and not written, once', async () => {
    const sale = await decided('due', 'released', 'lazily');
    await sale.journal('due', 'released', 'lazily');
    await sale.announce('due', 'released');
    await sale.run('release', sale.tail('released'));
    const releasedAt = harness.now;
    await sale.advance(60_000);
    expect(await harness.sweep.runOnce(sale)).toEqual({ expired: 2, rejected: 0, journalled: 3 });
    expect(await sale.row('due')).toMatchObject({ status: 'expired', version: 3 });
    expect(await sale.row('lazily')).toMatchObject({ status: 'expired', version: 3 });
    expect(await sale.row('released')).toMatchObject({ status: 'released', version: 3 });
    const [ended] = await harness.postgres.query('SELECT ended_at FROM reservations WHERE id = $1', [
      sale.rowId('released'),
    ]);
    expect(ended).toEqual({ ended_at: new Date(releasedAt) });
    expect((await sale.state()).ended).toBeUndefined();
    expect(await harness.sweep.runOnce(sale)).toEqual({ expired: 0, rejected: 0, journalled: 0 });
    await sale.balanced();
  });

  it('journals what a buyer’s request gave back before it', async () => {
    const sale = await harness.sale({ skus: [{ units: 2 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(60_000);
    await sale.reserve({ id: 'b', lines: '1x2', customer: 'bob' });
    expect(await harness.sweep.runOnce(sale)).toEqual({ expired: 0, rejected: 0, journalled: 1 });
    expect(await sale.row('a')).toMatchObject({ status: 'expired', version: 3 });
    expect(await sale.row('b')).toMatchObject({ status: 'held' });
  });

  it('leaves a row that has moved on, and keeps its notes while Postgres is away', async () => {
    const sale = await decided('a');
    await sale.journal('a');
    await sale.announce('a');
    await sale.run('release', sale.tail('a'));
    const up = jest.spyOn(harness.postgres, 'isUp').mockReturnValue(false);
    expect((await harness.sweep.runOnce(sale)).journalled).toBe(0);
    expect(Object.keys((await sale.state()).ended ?? {})).toEqual([sale.tail('a')]);
    up.mockRestore();
    await harness.postgres.query(`UPDATE reservations SET status = 'checkout' WHERE id = $1`, [sale.rowId('a')]);
    expect((await harness.sweep.runOnce(sale)).journalled).toBe(1);
    expect(await sale.row('a')).toMatchObject({ status: 'checkout', version: 2 });
  });

  it('ends requests that waited too long, and has stranded ones decided', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }], queueTimeoutSeconds: 10 });
    await sale.decide({ id: 'stranded', lines: '1x1' });
    await sale.accept({ id: 'late', lines: '1x1' });
    await sale.advance(10_000);
    expect(await harness.sweep.runOnce(sale)).toEqual({ expired: 0, rejected: 1, journalled: 0 });
    expect(harness.queue.batches.at(-1)).toEqual([sale.tail('stranded')]);
    expect(await sale.requestOf('late')).toMatchObject({ status: 'rejected' });
    await sale.balanced();
  });

  it('journals an extension whose asker died, as the hold is now, once', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }], holdTtlSeconds: 60, extensionsMax: 3 });
    await sale.reserve({ id: 'a', lines: '1x1' }, { id: 'b', lines: '1x1' }, { id: 'c', lines: '1x1' });
    for (const id of ['a', 'a', 'b', 'c']) expect((await sale.run('extend', sale.tail(id)))[0]).toBe('extended');
    await sale.run('pin', sale.tail('b'));
    await sale.run('release', sale.tail('c'));
    expect((await harness.sweep.runOnce(sale)).journalled).toBe(4);
    expect(await sale.row('a')).toMatchObject({
      version: 4,
      extensions: 2,
      expires_at: new Date(harness.now + 180_000),
    });
    expect(await sale.row('b')).toMatchObject({ status: 'held', version: 2 });
    expect(await sale.row('c')).toMatchObject({ status: 'released', version: 4 });
    expect((await sale.state()).ended).toBeUndefined();
    expect((await harness.sweep.runOnce(sale)).journalled).toBe(0);
    await sale.balanced();
  });

  it('keeps the note of a hold that ends while its extension is being journalled', async () => {
    const sale = await harness.sale({ skus: [{ units: 9 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x1' });
    await sale.run('extend', sale.tail('a'));
    const extend = harness.journal.extend.bind(harness.journal);
    jest.spyOn(harness.journal, 'extend').mockImplementationOnce(async (...call) => {
      await sale.advance(120_000);
      await sale.run('expire', 10);
      return extend(...call);
    });
    await harness.sweep.runOnce(sale);
    await harness.sweep.runOnce(sale);
    expect(await sale.row('a')).toMatchObject({ status: 'expired', version: 4 });
    expect((await sale.state()).ended).toBeUndefined();
  });

  it('goes on in rounds until nothing is due', async () => {
    const sale = await harness.sale({ skus: [{ units: 600 }], holdTtlSeconds: 60 });
    await sale.decide(...Array.from({ length: 501 }, (_, i) => ({ id: `n${i}`, lines: '1x1', customer: `c${i}` })));
    await sale.advance(60_000);
    expect((await harness.sweep.runOnce(sale)).expired).toBe(501);
    await sale.balanced();
  });
});
