import { unpackHold } from '../../src/inventory/records.js';
import { CHECKOUT_TTL_MS, EXTENSION_STEP_MS } from '../ledger-sale.js';
import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

describe('pin', () => {
  it('keeps the units for the payment window, beyond the hold’s deadline', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2 2#4' });
    const [word, text = ''] = await sale.run('pin', sale.tail('a'));
    expect([word, unpackHold(text)]).toEqual(['pinned', await sale.holdOf('a')]);
    expect(await sale.holdOf('a')).toMatchObject({
      ...{ state: 'checkout', version: 3, checkoutExpiresAt: harness.now + CHECKOUT_TTL_MS },
    });
    expect(await sale.counts()).toEqual(['3 0 2 0 0 / 5', '4 0 1 0 0 / 5']);
    const state = await sale.state();
    expect([state.due, state.pins]).toEqual([undefined, { [sale.tail('a')]: String(harness.now) }]);
    await sale.balanced();
  });

  it('run again answers with the same window and changes nothing', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    const first = await sale.run('pin', sale.tail('a'));
    await sale.advance(10_000_000);
    const before = await sale.state();
    expect(await sale.run('pin', sale.tail('a'))).toEqual(first);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('of an operator goes to a given time, whatever the limits, uncounted, and never back', async () => {
    const limits = { holdTtlSeconds: 60, holdAgeSecondsMax: 60, extensionsMax: 0 };
    const sale = await harness.sale({ skus: [{ units: 5 }], ...limits });
    await sale.reserve({ id: 'a', lines: '1x2' });
    const until = harness.now + 500_000;
    expect((await sale.run('extend', sale.tail('a'), until))[0]).toBe('extended');
    expect(await sale.holdOf('a')).toMatchObject({ version: 3, extensions: 0, expiresAt: until });
    expect((await sale.state()).due).toEqual({ [sale.tail('a')]: String(until) });
    const before = await sale.state();
    for (const again of [until, until - 1]) {
      const [word, text = ''] = await sale.run('extend', sale.tail('a'), again);
      expect([word, unpackHold(text)]).toEqual(['extended', await sale.holdOf('a')]);
    }
    expect(await sale.state()).toEqual(before);
    await sale.pin('a');
    expect(await sale.run('extend', sale.tail('a'), until + 1)).toEqual(['not-held', 'checkout']);
    await sale.balanced();
  });

  it('comes too late at the deadline, to the millisecond', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x2' });
    await sale.advance(59_999);
    expect((await sale.run('pin', sale.tail('a')))[0]).toBe('pinned');
    await sale.advance(1);
    const before = await sale.state();
    expect(await sale.run('pin', sale.tail('b'))).toEqual(['not-held', 'expired']);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });
});

describe('extend', () => {
  it('moves the deadline by the step, from the deadline', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    const deadline = harness.now + 60_000 + EXTENSION_STEP_MS;
    await sale.advance(30_000);
    const [word, text = ''] = await sale.run('extend', sale.tail('a'));
    expect([word, unpackHold(text)]).toEqual(['extended', await sale.holdOf('a')]);
    expect(await sale.holdOf('a')).toMatchObject({ state: 'held', version: 3, extensions: 1, expiresAt: deadline });
    const { due, ended } = await sale.state();
    expect(due).toEqual({ [sale.tail('a')]: String(deadline) });
    expect(ended).toEqual({ [`${sale.tail('a')}:extended`]: '3' });
    await sale.balanced();
  });

  it('notes who asked and why, for whoever writes it to the journal', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.run('extend', sale.tail('a'), '', 'admin:key_x a slow card');
    expect((await sale.state()).ended).toEqual({ [`${sale.tail('a')}:extended`]: '3 admin:key_x a slow card' });
  });

  it('is refused when every extension is used', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], extensionsMax: 2 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    for (const word of ['extended', 'extended']) expect((await sale.run('extend', sale.tail('a')))[0]).toBe(word);
    const before = await sale.state();
    expect(await sale.run('extend', sale.tail('a'))).toEqual(['refused', 'extensions-used']);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('goes no further than the greatest age of a hold, and is refused there', async () => {
    const sale = await harness.sale({
      skus: [{ units: 5 }],
      holdTtlSeconds: 60,
      holdAgeSecondsMax: 90,
      extensionsMax: 5,
    });
    await sale.reserve({ id: 'a', lines: '1x2' });
    expect((await sale.run('extend', sale.tail('a')))[0]).toBe('extended');
    expect(await sale.holdOf('a')).toMatchObject({ expiresAt: harness.now + 90_000 });
    const before = await sale.state();
    expect(await sale.run('extend', sale.tail('a'))).toEqual(['refused', 'age-reached']);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('comes too late at the deadline, to the millisecond, before any other reason', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60, extensionsMax: 0 });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.advance(59_999);
    expect(await sale.run('extend', sale.tail('a'))).toEqual(['refused', 'extensions-used']);
    await sale.advance(1);
    const before = await sale.state();
    expect(await sale.run('extend', sale.tail('a'))).toEqual(['not-held', 'expired']);
    expect(await sale.state()).toEqual(before);
  });
});

describe('settle', () => {
  it('counts pinned units as sold, and for their customer still', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }, { units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2 2#4' });
    await sale.pin('a');
    expect(await sale.run('settle', sale.tail('a'), await sale.confirm('a'))).toEqual(['ok', 'settled']);
    expect(await sale.counts()).toEqual(['3 0 0 2 0 / 5', '4 0 0 1 0 / 5']);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'confirmed', version: 4 });
    expect((await sale.state())['customer-units']).toEqual({ ann: '1=2 2=1' });
    await sale.balanced();
  });

  it('is balanced between the order in Postgres and the settling', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    await sale.confirm('a');
    expect(await sale.counts()).toEqual(['3 0 2 0 0 / 5']);
    await sale.balanced();
  });

  it('counts a hold as sold that was not pinned here', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    const hold = await sale.holdOf('a');
    await harness.journal.pin(sale, 1, sale.tail('a'), {
      ...hold!,
      state: 'checkout',
      version: 3,
      checkoutExpiresAt: harness.now,
    });
    expect(await sale.run('settle', sale.tail('a'), await sale.confirm('a'))).toEqual(['ok', 'settled']);
    expect(await sale.counts()).toEqual(['3 0 0 2 0 / 5']);
    await sale.balanced();
  });

  it('says gone, and changes nothing, for a repeat, an old version and what nobody knows', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1' });
    await sale.sell('a');
    await sale.pin('b');
    const before = await sale.state();
    expect(await sale.run('settle', sale.tail('a'), 4, sale.tail('b'), 3, sale.tail('c'), 4)).toEqual([
      'ok',
      'gone',
      'gone',
      'gone',
    ]);
    expect(await sale.state()).toEqual(before);
    await sale.balanced();
  });

  it('leaves alone a hold that was decided anew under the id, after Redis forgot what was bought', async () => {
    const sale = await harness.sale({ skus: [{ units: 5 }] });
    await sale.reserve({ id: 'a', lines: '1x2' });
    await sale.pin('a');
    const version = await sale.confirm('a');
    await sale.loseRedis();
    await sale.rebuild();
    expect(await sale.decide({ id: 'a', lines: '1x2' })).toEqual(['decided 1#3,4']);
    expect(await sale.run('settle', sale.tail('a'), version)).toEqual(['ok', 'gone']);
    expect(await sale.journal('a')).toEqual(['other']);
    await sale.run('undo', sale.tail('a'), 2, 'row');
    expect(await sale.counts()).toEqual(['3 0 0 2 0 / 5']);
    await sale.balanced();
  });
});
