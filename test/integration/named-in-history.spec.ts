import { type CrashPoint, watchCrashPoints } from '../../src/crash-points.js';
import { parseReservationId, type ReservationRef } from '../../src/inventory/reservation-ref.js';
import { ExtendReservation } from '../../src/reservations/extend-reservation.js';
import { ReleaseReservation } from '../../src/reservations/release-reservation.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
let sale: LedgerSale;
beforeAll(async () => (harness = await LedgerHarness.open()));
beforeEach(async () => {
  sale = await harness.sale({ skus: [{ units: 10 }], holdTtlSeconds: 60 });
  await sale.reserve({ id: 'a', lines: '1x2' }, { id: 'b', lines: '1x1' });
});
afterEach(() => watchCrashPoints(undefined));
afterAll(() => harness.close());

const DIED = new Error('the process died here');

function refOf(id: string, actor: string, reason: string): ReservationRef {
  const ref = parseReservationId(sale.rowId(id));
  if (!ref) throw new Error(`${id} is no reservation`);
  return { ...ref, by: { actor, reason } };
}

async function release(id: string, actor: string, reason: string): Promise<void> {
  const { ledger, journal, ended, postgres, results } = harness;
  const releasing = new ReleaseReservation(ledger, journal, ended, postgres, results);
  expect(await releasing.release(refOf(id, actor, reason), reason)).toBe('released');
}

async function extend(id: string, actor: string, reason: string, until: number): Promise<void> {
  const { ledger, journal, postgres, results } = harness;
  const extending = new ExtendReservation(ledger, journal, postgres, results);
  expect(await extending.extend(refOf(id, actor, reason), until)).toBe(true);
}

/** Between the write to Redis and the one to Postgres of whoever comes there first, others do this. */
function meanwhile(point: CrashPoint, others: () => Promise<unknown>): void {
  watchCrashPoints((passed) => {
    if (passed !== point) return;
    watchCrashPoints(undefined);
    return others().then(() => undefined);
  });
}

const sweep = (): Promise<unknown> => harness.sweep.runOnce(sale);
const die = (): Promise<never> => Promise.reject(DIED);

/** 'sequence kind actor: reason' of each change after the hold. */
async function told(id: string): Promise<string[]> {
  const rows = await harness.postgres.query<{ text: string }>(
    `SELECT concat_ws(' ', sequence, kind, coalesce(actor, 'nobody') || ':', reason) AS text FROM transitions
     WHERE reservation_id = $1 AND kind <> 'held' ORDER BY sequence`,
    [sale.rowId(id)],
  );
  return rows.map(({ text }) => text);
}

describe('the history names who gave a hold back, and why', () => {
  const GIVEN = ['3 released admin:key_ann: bots: all of "them"'];
  const give = (): Promise<void> => release('a', 'admin:key_ann', 'bots: all of "them"');

  it('when a sweep is quicker to write it', async () => {
    meanwhile('release.journal', sweep);
    await give();
    expect(await told('a')).toEqual(GIVEN);
    await sale.balanced();
  });

  it('when whoever asked has died, and a sweep writes it beside what others gave back and what ran out', async () => {
    meanwhile('release.journal', die);
    await expect(give()).rejects.toBe(DIED);
    meanwhile('release.journal', die);
    await expect(release('b', 'buyer', '')).rejects.toBe(DIED);
    await sale.reserve({ id: 'c', lines: '1x1', customer: 'cal' });
    await sale.advance(60_000);
    await sweep();
    expect([await told('a'), await told('b'), await told('c')]).toEqual([
      GIVEN,
      ['3 released buyer:'],
      ['3 expired nobody: expired'],
    ]);
    expect((await sale.state()).ended).toBeUndefined();
    await sale.balanced();
  });

  it.each(['is slow', 'has died'])('when whoever asked %s, and another one asks for the same', async (how) => {
    const again = (): Promise<void> => release('a', 'service:key_shop', 'the customer left');
    meanwhile('release.journal', () => (how === 'is slow' ? again() : die()));
    if (how === 'is slow') await give();
    else await expect(give()).rejects.toBe(DIED);
    await again();
    expect(await told('a')).toEqual(GIVEN);
    const [row] = await harness.postgres.query('SELECT ended_at FROM reservations WHERE id = $1', [sale.rowId('a')]);
    expect(row).toEqual({ ended_at: new Date(harness.now) });
  });

  it('when a payment for it comes first', async () => {
    meanwhile('release.journal', () => harness.late.journalEnd(refOf('a', 'service:key_shop', 'paid')));
    await give();
    expect(await told('a')).toEqual(GIVEN);
  });

  it('when it was held, but nobody had been told yet', async () => {
    await sale.accept({ id: 'd', lines: '1x1' });
    meanwhile('hold.announce', async () => {
      meanwhile('release.journal', die);
      await expect(release('d', 'admin:key_ann', 'a mistake')).rejects.toBe(DIED);
    });
    await harness.batches.run(sale, [sale.tail('d')]);
    expect(await told('d')).toEqual(['3 released admin:key_ann: a mistake']);
    await sale.balanced();
  });
});

describe('the history names who prolonged a hold, and why', () => {
  const inSeconds = (seconds: number): number => harness.now + seconds * 1_000;

  it.each(['is slow', 'has died'])('when whoever asked %s, and a sweep writes it', async (how) => {
    meanwhile('extend.journal', () => (how === 'is slow' ? sweep() : die()));
    const extending = extend('a', 'admin:key_ann', 'their card is slow', inSeconds(90));
    if (how === 'is slow') await extending;
    else await expect(extending).rejects.toBe(DIED);
    await sweep();
    expect(await told('a')).toEqual(['3 extended admin:key_ann: their card is slow']);
    expect((await sale.state()).ended).toBeUndefined();
    await sale.balanced();
  });

  it('when another one prolongs it in the middle of a sweep, and dies', async () => {
    await extend('a', 'admin:key_ann', 'first', inSeconds(90));
    const read = harness.ended.read.bind(harness.ended);
    jest.spyOn(harness.ended, 'read').mockImplementationOnce(async (...call) => {
      const found = await read(...call);
      meanwhile('extend.journal', die);
      await expect(extend('a', 'admin:key_bob', 'second', inSeconds(120))).rejects.toBe(DIED);
      return found;
    });
    await sweep();
    await sweep();
    expect(await told('a')).toEqual(['3 extended admin:key_ann: first', '4 extended admin:key_bob: second']);
    expect((await sale.state()).ended).toBeUndefined();
    await sale.balanced();
  });
});
