import { EpochOver } from '../../src/inventory/in-epoch.js';
import type { By } from '../../src/inventory/by.js';
import { type HoldRecord, unpackHold } from '../../src/inventory/records.js';
import { codeOf } from '../../src/platform/postgres.js';
import { eventually } from '../e2e/eventually.js';
import { LedgerHarness } from '../ledger-harness.js';
import { CHECKOUT_TTL_MS, type LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterEach(() => jest.restoreAllMocks());
afterAll(() => harness.close());

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);

/** A sale whose holds of these names, of one unit each, are told of and in the journal. */
async function holding(...ids: string[]): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: ids.length }], holdTtlSeconds: 60 });
  await sale.reserve(...ids.map((id) => ({ id, lines: '1x1', customer: `c-${id}` })));
  return sale;
}

async function pinInRedis(sale: LedgerSale, id: string): Promise<HoldRecord> {
  const { status, values } = await sale.runIn(1, 'pin', sale.tail(id));
  const [text = ''] = values;
  expect(status).toBe('pinned');
  return unpackHold(text);
}

async function pinAllInRedis(sale: LedgerSale, ids: readonly string[]): Promise<Map<string, HoldRecord>> {
  return new Map(await Promise.all(ids.map(async (id) => [id, await pinInRedis(sale, id)] as const)));
}

const journalPin = (sale: LedgerSale, id: string, hold: HoldRecord | undefined, by?: By): Promise<boolean> => {
  if (!hold) throw new Error(`${id} was not pinned`);
  return harness.journal.pin(sale, 1, sale.tail(id), hold, by);
};

/** The transactions that pinned rows of a sale, as the history has them: how many rows each, the most first. */
async function transactions(sale: LedgerSale): Promise<number[]> {
  const rows = await harness.postgres.query<{ pins: number }>(
    "SELECT count(*) AS pins FROM transitions WHERE sale_id = $1 AND kind = 'checkout' GROUP BY tx ORDER BY 1 DESC",
    [sale.id],
  );
  return rows.map(({ pins }) => pins);
}

/** Makes every write of one row fail, as Postgres fails it. */
async function spoil(sale: LedgerSale, id: string, code: string): Promise<void> {
  const name = `spoil_${sale.key}`;
  await harness.postgres.query(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a test' USING ERRCODE = '${code}'; END $$`);
  await harness.postgres.query(`CREATE TRIGGER ${name} BEFORE UPDATE ON reservations FOR EACH ROW
    WHEN (OLD.id = '${sale.rowId(id)}') EXECUTE FUNCTION ${name}()`);
}

/** Pins a hold and then does `meanwhile`, while another session has done this to its row, until the pin waits for that. */
async function pinWhileLocked(
  does: string,
  sale: LedgerSale,
  [id, hold]: [string, HoldRecord | undefined],
  meanwhile: () => Promise<unknown>,
): Promise<boolean | string> {
  const somebody = await harness.postgres.connect();
  await somebody.query('BEGIN');
  try {
    await somebody.query(does, [sale.rowId(id)]);
    let over = false;
    const pin = journalPin(sale, id, hold).catch(codeOf);
    void pin.then(() => (over = true));
    await meanwhile();
    await eventually('the pin waits for the row', async () => over || (await somebodyWaits()));
    await somebody.query('COMMIT');
    return await pin;
  } finally {
    await somebody.query('ROLLBACK');
    somebody.release();
  }
}

async function somebodyWaits(): Promise<boolean> {
  const waiting = await harness.postgres.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return waiting.length > 0;
}

describe('pins that arrive together', () => {
  it('share a transaction, and each row has its own', async () => {
    const ids = names(12);
    const sale = await holding(...ids);
    const [first = '', ...others] = ids;
    await sale.run('extend', sale.tail(first));
    const early = await pinInRedis(sale, first);
    await sale.advance(1_000);
    const holds = (await pinAllInRedis(sale, others)).set(first, early);
    const written = await Promise.all(ids.map((id) => journalPin(sale, id, holds.get(id))));
    expect(written).toEqual(ids.map(() => true));
    expect(await transactions(sale)).toEqual([12]);
    expect(await sale.row(first)).toMatchObject({
      ...{ status: 'checkout', version: 4, extensions: 1, expires_at: new Date(early.expiresAt) },
      checkout_expires_at: new Date(harness.now - 1_000 + CHECKOUT_TTL_MS),
    });
    for (const id of others)
      expect(await sale.row(id)).toMatchObject({
        ...{ status: 'checkout', version: 3, extensions: 0, expires_at: new Date(harness.now + 59_000) },
        checkout_expires_at: new Date(harness.now + CHECKOUT_TTL_MS),
      });
    await sale.balanced();
  });

  it('are a hundred in one transaction at most', async () => {
    const ids = names(110);
    const sale = await holding(...ids);
    const holds = await pinAllInRedis(sale, ids);
    await Promise.all(ids.map((id) => journalPin(sale, id, holds.get(id))));
    expect(await transactions(sale)).toEqual([100, 10]);
    await sale.balanced();
  });

  it('have each its own answer: written, written before, of another version, of what has moved on or is unknown', async () => {
    const ids = ['free', 'twice', 'before', 'other', 'ended', 'newer'];
    const sale = await holding(...ids);
    const ended = { tail: sale.tail('ended'), status: 'released' as const, version: 9, endedAt: harness.now };
    const newer = { ...(await sale.holdOf('newer'))!, version: 9 };
    const holds = await pinAllInRedis(sale, ids);
    for (const id of ['before', 'other']) expect(await journalPin(sale, id, holds.get(id))).toBe(true);
    await harness.journal.end(sale, 1, [ended]);
    await harness.journal.extend(sale, 1, sale.tail('newer'), newer);
    holds.set('other', { ...holds.get('other')!, version: 4 });
    holds.set('nobody', holds.get('free')!);
    const kept = (): Promise<unknown[]> => Promise.all(ids.slice(2).map((id) => sale.row(id)));
    const rows = await kept();
    const asked = [...ids, 'twice', 'nobody'];
    const answers = await Promise.all(asked.map((id) => journalPin(sale, id, holds.get(id))));
    expect(answers).toEqual([true, true, true, false, false, false, true, false]);
    expect(await kept()).toEqual(rows);
    for (const id of ['free', 'twice']) expect(await sale.row(id)).toMatchObject({ status: 'checkout', version: 3 });
    // One each for the two of before, and one for the two that were written now.
    expect(await transactions(sale)).toEqual([2, 1, 1]);
  });

  it('stand in the history by who pinned, and why', async () => {
    const ids = names(8);
    const sale = await holding(...ids);
    const holds = await pinAllInRedis(sale, ids);
    const actors: (By | undefined)[] = [
      { actor: 'buyer' },
      { actor: 'service:key_a' },
      { actor: 'admin:key_b', reason: "the customer's wish" },
      undefined,
    ];
    await Promise.all(ids.map((id, i) => journalPin(sale, id, holds.get(id), actors[i % 4])));
    const told = await harness.postgres.query(
      `SELECT reservation_id, actor, reason FROM transitions WHERE sale_id = $1 AND kind = 'checkout'`,
      [sale.id],
    );
    const expected = ids.map((id, i) => {
      const { actor = null, reason = null } = actors[i % 4] ?? {};
      return { reservation_id: sale.rowId(id), actor, reason };
    });
    expect(told).toHaveLength(8);
    expect(told).toEqual(expect.arrayContaining(expected));
    expect(await transactions(sale)).toEqual([2, 2, 2, 2]);
  });

  it('of several sales do not wait for each other', async () => {
    const sales = [await holding('a', 'b'), await holding('a', 'b')];
    const pins: Promise<boolean>[] = [];
    for (const sale of sales)
      for (const [id, hold] of await pinAllInRedis(sale, ['a', 'b'])) pins.push(journalPin(sale, id, hold));
    expect(await Promise.all(pins)).toEqual([true, true, true, true]);
    for (const sale of sales) expect((await transactions(sale)).reduce((sum, pinned) => sum + pinned)).toBe(2);
  });

  it('of an epoch that is over are refused, each of them, and nothing is written', async () => {
    const ids = names(5);
    const sale = await holding(...ids);
    const holds = await pinAllInRedis(sale, ids);
    await sale.loseRedis();
    await sale.rebuild();
    const pins = await Promise.allSettled(ids.map((id) => journalPin(sale, id, holds.get(id))));
    for (const pin of pins) expect(pin).toMatchObject({ status: 'rejected', reason: expect.any(EpochOver) });
    expect(await transactions(sale)).toEqual([]);
  });
});

describe('a pin that cannot be written', () => {
  it('because somebody has its row locked, keeps no other waiting, and is written when it is free', async () => {
    const ids = names(10);
    const sale = await holding(...ids);
    const holds = await pinAllInRedis(sale, ids);
    const [busy = '', ...others] = ids;
    const lock = 'SELECT 1 FROM reservations WHERE id = $1 FOR UPDATE';
    const waited = await pinWhileLocked(lock, sale, [busy, holds.get(busy)], async () => {
      // They would fail, or never be done, if their transaction waited for the row.
      const written = await Promise.all(others.map((id) => journalPin(sale, id, holds.get(id))));
      expect(written).toEqual(others.map(() => true));
      expect(await transactions(sale)).toEqual([9]);
    });
    // A machine that stood still may have let the time pass in which a lock is waited for.
    expect([true, '55P03']).toContain(waited);
    expect(await journalPin(sale, busy, holds.get(busy))).toBe(true);
    await sale.balanced();
  });

  it('because its row is ended by whoever has it locked, is refused', async () => {
    const sale = await holding('a', 'b');
    const holds = await pinAllInRedis(sale, ['a', 'b']);
    const end = `UPDATE reservations SET status = 'released', version = 9, ended_at = ledger_now() WHERE id = $1`;
    const waited = await pinWhileLocked(end, sale, ['a', holds.get('a')], async () => {
      expect(await journalPin(sale, 'b', holds.get('b'))).toBe(true);
    });
    expect([false, '55P03']).toContain(waited);
    expect(await journalPin(sale, 'a', holds.get('a'))).toBe(false);
    expect(await sale.row('a')).toMatchObject({ status: 'released', version: 9 });
  });

  it.each([
    ['something is wrong with it', '22008'],
    ['of a deadlock', '40P01'],
    ['it cannot be put in order with others', '40001'],
    ['its statement took too long', '57014'],
  ])('because %s, fails alone', async (_why, code) => {
    const sale = await holding('a', 'b', 'c');
    const holds = await pinAllInRedis(sale, ['a', 'b', 'c']);
    await spoil(sale, 'b', code);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => journalPin(sale, id, holds.get(id)).catch(codeOf));
    expect([await a, await b, await c]).toEqual([true, code, true]);
    expect(await transactions(sale)).toEqual([1, 1]);
  });

  it('because the server cannot write, is not tried alone: that would fail each and cost more', async () => {
    const sale = await holding('a', 'b', 'c');
    const holds = await pinAllInRedis(sale, ['a', 'b', 'c']);
    await spoil(sale, 'b', '53100');
    const begun = jest.spyOn(harness.postgres, 'transaction');
    const pins = ['a', 'b', 'c'].map((id) => journalPin(sale, id, holds.get(id)).catch(codeOf));
    expect(await Promise.all(pins)).toEqual(['53100', '53100', '53100']);
    expect(begun).toHaveBeenCalledTimes(1);
  });
});
