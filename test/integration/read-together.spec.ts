import type { ReservationRef } from '../../src/inventory/reservation-ref.js';
import { ReadTogether } from '../../src/inventory/read-together.js';
import { Tracing } from '../../src/platform/tracing.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';
import { Scraped } from '../scraped.js';

let harness: LedgerHarness;
let reads: ReadTogether;
beforeAll(async () => {
  harness = await LedgerHarness.open();
  reads = new ReadTogether(harness.ledger, new Tracing(null), harness.journal);
});
afterAll(() => harness.close());
afterEach(() => jest.restoreAllMocks());

const refOf = (sale: LedgerSale, name: string): ReservationRef => ({
  ...{ id: sale.rowId(name), sale, tail: sale.tail(name) },
});

async function held(...names: string[]): Promise<LedgerSale> {
  const sale = await harness.sale({ skus: [{ units: 50 }] });
  await sale.accept(...names.map((id) => ({ id, lines: '1x1' })));
  await harness.batches.run(
    sale,
    names.map((name) => sale.tail(name)),
  );
  return sale;
}

async function viewCalls(): Promise<number> {
  return new Scraped(await harness.metrics.scrape()).sum('holdfast_script_duration_seconds_count', { script: 'view' });
}

describe('reads that are asked for together', () => {
  it('share one script call a sale, and each has its own answer', async () => {
    const [one, other] = [await held('a', 'b'), await held('a')];
    const before = await viewCalls();
    const asked = [refOf(one, 'a'), refOf(one, 'b'), refOf(other, 'a'), refOf(one, 'nobody'), refOf(one, 'a')];
    const views = await Promise.all(asked.map((ref) => reads.view(ref)));
    expect((await viewCalls()) - before).toBe(2);
    expect(views.map(({ hold }) => hold.slice(0, 1))).toEqual(['h', 'h', 'h', '', 'h']);
    expect(views[0]).toEqual(views[4]);
    expect(views[0]?.hold).not.toBe(views[1]?.hold);
    for (const [i, ref] of asked.entries()) expect(await reads.view(ref)).toEqual(views[i]);
    await one.balanced();
  });

  it('share one statement, and each has its own row', async () => {
    const [one, other] = [await held('a', 'b'), await held('a')];
    const query = jest.spyOn(harness.postgres, 'query');
    const asked = [refOf(one, 'b'), refOf(other, 'a'), refOf(one, 'nobody'), refOf(one, 'a'), refOf(one, 'b')];
    const rows = await Promise.all(asked.map(({ id }) => reads.row(id)));
    expect(query).toHaveBeenCalledTimes(1);
    expect(rows.map((row) => row?.id)).toEqual(asked.map(({ id }, i) => (i === 2 ? undefined : id)));
  });

  it('are of the time after they were asked for', async () => {
    const sale = await held('a');
    const ref = refOf(sale, 'a');
    const before = reads.view(ref);
    expect((await before).hold.slice(0, 1)).toBe('h');
    await sale.pin('a');
    expect((await reads.view(ref)).hold.slice(0, 1)).toBe('c');
    await sale.balanced();
  });

  it('of a sale without state are refused alone', async () => {
    const [good, gone] = [await held('a'), await held('a')];
    await gone.loseRedis();
    const [view, failed] = await Promise.allSettled([reads.view(refOf(good, 'a')), reads.view(refOf(gone, 'a'))]);
    expect(view).toMatchObject({ status: 'fulfilled', value: { hold: expect.stringMatching(/^h/) as string } });
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable' } });
  });
});
