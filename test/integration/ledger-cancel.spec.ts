import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/** Five units, two of them sold to ann, who may have no more; settled or not. */
async function sold({ settled }: { settled: boolean }): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 5, perCustomerMax: 2 }, { units: 3 }] });
  await sale.reserve({ id: 'a', lines: '1x2 2#3' });
  await sale.pin('a');
  const version = await sale.confirm('a');
  if (settled) await sale.run('settle', sale.tail('a'), version);
  await sale.balanced();
  return sale;
}

async function loseAndRebuild(sale: LedgerSale): Promise<void> {
  await sale.loseRedis();
  expect(await sale.rebuild()).toBe(1);
  await sale.balanced();
}

const SETTLE = (sale: LedgerSale): (string | number)[] => [sale.tail('a'), 4];
const FREE = ['5 0 0 0 0 / 5', '3 0 0 0 0 / 3'];
const SOLD = ['3 0 0 2 0 / 5', '2 0 0 1 0 / 3'];

describe('a cancelled order with restock', () => {
  it('is taken back in Postgres first: until Redis is told, nobody else can have the units', async () => {
    const sale = await sold({ settled: true });
    expect(await sale.cancel('a', true)).toBe('cancelled');
    expect(
      await harness.postgres.query('SELECT 1 FROM sold_units WHERE reservation_id = $1', [sale.rowId('a')]),
    ).toEqual([]);
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    expect(await sale.restock('a')).toEqual(['ok', 'restocked']);
    expect(await sale.counts()).toEqual(FREE);
    expect((await sale.state())['customer-units']).toBeUndefined();
    await sale.balanced();
  });

  it('counts for its customer no more, and its units are sold to the next', async () => {
    const sale = await sold({ settled: true });
    expect((await sale.decide({ id: 'b', lines: '1x1' }))[0]).toMatch(/^refused customer-limit-reached 2 0 2 /);
    await sale.cancel('a', true);
    await sale.restock('a');
    await sale.reserve({ id: 'c', lines: '1x2 2#3', customer: 'ann' });
    await sale.sell('c');
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    expect(await sale.restock('a')).toEqual(['ok', 'gone']);
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
  });

  it.each([
    ['settle, restock', ['settled', 'restocked']],
    ['restock, settle', ['restocked', 'gone']],
    ['settle, restock, settle', ['settled', 'restocked', 'gone']],
    ['restock, settle, restock', ['restocked', 'gone', 'gone']],
    ['settle, settle, restock, restock', ['settled', 'gone', 'restocked', 'gone']],
    ['restock, restock, settle, settle', ['restocked', 'gone', 'gone', 'gone']],
  ])('ends the same when Redis is told: %s', async (order, words) => {
    const sale = await sold({ settled: false });
    await sale.cancel('a', true);
    await sale.balanced();
    const told: (string | undefined)[] = [];
    for (const step of order.split(', ')) {
      const [, word] = await (step === 'settle' ? sale.run('settle', ...SETTLE(sale)) : sale.restock('a'));
      told.push(word);
      await sale.balanced();
    }
    expect(told).toEqual(words);
    expect(await sale.counts()).toEqual(FREE);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'confirmed' });
  });

  it('is the pin’s end too: reconciling it afterwards finds nothing', async () => {
    const sale = await sold({ settled: false });
    await sale.cancel('a', true);
    await sale.advance(harness.config.pinGraceMs + 1);
    await harness.reconcilePins.runOnce(sale);
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    await sale.restock('a');
    await harness.reconcilePins.runOnce(sale);
    expect(await sale.counts()).toEqual(FREE);
    await sale.balanced();
  });

  it('is rebuilt as free, and what is told of it afterwards is old', async () => {
    for (const settled of [true, false]) {
      const sale = await sold({ settled });
      await sale.cancel('a', true);
      await loseAndRebuild(sale);
      expect(await sale.counts()).toEqual(FREE);
      await sale.reserve({ id: 'b', lines: '1x2 2#3', customer: 'bob' });
      expect(await sale.run('settle', ...SETTLE(sale))).toEqual(['ok', 'gone']);
      expect(await sale.restock('a')).toEqual(['ok', 'gone']);
      expect(await sale.counts()).toEqual(['3 2 0 0 0 / 5', '2 1 0 0 0 / 3']);
      await sale.balanced();
      await loseAndRebuild(sale);
      expect(await sale.restock('a')).toEqual(['ok', 'gone']);
      await sale.balanced();
    }
  });

  it('between the snapshot of a rebuild and its opening is restocked once, in the new epoch', async () => {
    const sale = await sold({ settled: true });
    const write = harness.writeEpoch.write.bind(harness.writeEpoch);
    jest.spyOn(harness.writeEpoch, 'write').mockImplementationOnce(async (...rest) => {
      await sale.cancel('a', true);
      await harness.relay.runOnce();
      return write(...rest);
    });
    harness.guardian.suspect(sale.id, await sale.epoch());
    expect(await sale.rebuild()).toBe(1);
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    await harness.relay.runOnce();
    expect(await sale.counts()).toEqual(FREE);
    expect(await sale.restock('a')).toEqual(['ok', 'gone']);
    await sale.balanced();
  });

  it('leaves alone a hold that was decided anew under the id, after Redis forgot what was bought', async () => {
    const sale = await sold({ settled: false });
    await loseAndRebuild(sale);
    expect(await sale.decide({ id: 'a', lines: '1x1', customer: 'bob' })).toEqual(['decided 1#3']);
    await sale.cancel('a', true);
    expect(await sale.restock('a')).toEqual(['ok', 'restocked']);
    expect(await sale.counts()).toEqual(['4 1 0 0 0 / 5', '3 0 0 0 0 / 3']);
    expect(await sale.requestOf('a')).toMatchObject({ status: 'queued' });
    await sale.balanced();
  });
});

describe('a cancelled order without restock', () => {
  it('keeps its units sold, and counted for its customer, also after a rebuild', async () => {
    const sale = await sold({ settled: false });
    expect(await sale.cancel('a', false)).toBe('cancelled');
    await harness.relay.runOnce();
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
    await loseAndRebuild(sale);
    expect(await sale.counts()).toEqual(SOLD);
    expect((await sale.decide({ id: 'b', lines: '1x1' }))[0]).toMatch(/^refused customer-limit-reached/);
  });

  it('cannot be restocked later; the same again is the same', async () => {
    const sale = await sold({ settled: true });
    expect([await sale.cancel('a', false), await sale.cancel('a', false)]).toEqual(['cancelled', 'cancelled']);
    expect(await sale.cancel('a', true)).toBe('cancelled-without-restock');
    await harness.relay.runOnce();
    expect(await sale.counts()).toEqual(SOLD);
    await sale.balanced();
  });
});

describe('an order that is cancelled by many at once', () => {
  it('is cancelled in one way, with one fact and one line in the audit log', async () => {
    const sale = await sold({ settled: false });
    const words = await Promise.all(Array.from({ length: 8 }, (_, i) => sale.cancel('a', i % 2 === 0)));
    const restocked = words[0] === 'cancelled';
    const refusal = restocked ? 'cancelled-with-restock' : 'cancelled-without-restock';
    expect(words).toEqual(words.map((_, i) => ((i % 2 === 0) === restocked ? 'cancelled' : refusal)));
    const facts = await harness.postgres.query(
      `SELECT sequence FROM outbox WHERE reservation_id = $1 AND kind = 'order.cancelled'`,
      [sale.rowId('a')],
    );
    expect(facts).toEqual([{ sequence: 5 }]);
    const lines = await harness.postgres.query(
      `SELECT actor, action, reason, before, after FROM audit WHERE subject = $1`,
      [(await sale.row('a'))?.order_id],
    );
    expect(lines).toEqual([
      {
        ...{ actor: 'admin:a-test', action: 'order.cancel', reason: 'a test' },
        ...{ before: { status: 'confirmed' }, after: { status: 'cancelled', restock: restocked } },
      },
    ]);
    await harness.relay.runOnce();
    await sale.balanced();
  });
});
