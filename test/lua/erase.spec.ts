import { eraseRecords, recordsOf } from '../../src/inventory/customer-records.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
let sale: LedgerSale;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const NAMES = { customerId: 'ann', pseudonym: 'erased_1' };
const erase = (cursor = '0'): ReturnType<typeof eraseRecords> => eraseRecords(harness.ledger, sale, cursor, 100, NAMES);
const found = async (...customers: string[]): Promise<string[]> => {
  const { records } = await recordsOf(harness.ledger, sale, '0', 1_000, customers);
  return records.map(({ tail, request, hold }) => `${tail.replace(/_+$/, '')} ${request.status} ${hold?.state ?? '-'}`);
};
const unitsOf = (customer: string): Promise<string | null> =>
  harness.connection.redis.hget(sale.redisKey('customer-units'), customer);
const indexOf = (customer: string): Promise<string | null> =>
  harness.connection.redis.hget(sale.redisKey('customer-requests'), customer);

beforeEach(async () => {
  sale = await harness.sale({ skus: [{ units: 8 }, { units: 3 }], perCustomerMax: 4 });
  await sale.reserve(
    { id: 'sold', lines: '1x2 2x1' },
    { id: 'freed', lines: '1x1' },
    { id: 'other', lines: '1x1', customer: 'bob' },
  );
  await sale.sell('sold');
  await sale.run('release', sale.tail('freed'));
  await harness.sweep.runOnce(sale);
  await sale.decide({ id: 'refused', lines: '1x9' });
});

describe('erase', () => {
  it('moves records and counts to the pseudonym, and nothing of anybody else', async () => {
    expect(await erase()).toEqual({ kind: 'erased', cursor: '0' });
    expect(await found('ann')).toEqual([]);
    expect((await found('erased_1', 'bob')).sort()).toEqual([
      ...['freed released -', 'other queued held', 'refused rejected -', 'sold confirmed -'],
    ]);
    expect([await unitsOf('ann'), await indexOf('ann')]).toEqual([null, null]);
    expect((await unitsOf('erased_1'))?.split(' ').sort()).toEqual(['1=2', '2=1']);
    expect((await indexOf('erased_1'))?.split(' ')).toHaveLength(3);
    expect(await sale.requestOf('sold')).toMatchObject({
      ...{ customerId: 'erased_1', fingerprint: 'erased', requestId: '', metadata: null, status: 'confirmed' },
    });
    // The journal is the other half; with it the books agree.
    await harness.postgres.query(`UPDATE reservations SET customer_id = 'erased_1' WHERE customer_id = 'ann'`);
    await sale.balanced();
    const counts = await sale.counts();
    await sale.loseRedis();
    await sale.rebuild();
    await sale.balanced();
    expect(await sale.counts()).toEqual(counts);
  });

  it('keeps who ended a hold that Postgres has not been told of, and no word of why', async () => {
    await sale.reserve({ id: 'late', lines: '1x1' });
    const [late, extended] = [sale.tail('late'), `${sale.tail('late')}:extended`];
    await sale.run('release', late, 'service:key_x ann wants\nit no more');
    const notes = sale.redisKey('ended');
    await harness.connection.redis.hset(notes, extended, '2 admin:key_y ann asked');
    expect(await erase()).toEqual({ kind: 'erased', cursor: '0' });
    const [ended, prolonged] = await harness.connection.redis.hmget(notes, late, extended);
    expect(ended).toMatch(/^released 3 \d+ service:key_x $/);
    expect(prolonged).toBe('2 admin:key_y ');
  });

  it('changes nothing while something is held or undecided, and names it', async () => {
    await sale.reserve({ id: 'held', lines: '1x1' });
    const before = await sale.state();
    expect(await erase()).toEqual({ kind: 'busy', tails: expect.arrayContaining([sale.tail('held')]) as string[] });
    expect(await sale.state()).toEqual(before);
    await sale.run('release', sale.tail('held'));
    await sale.accept({ id: 'queued', lines: '1x1' });
    expect(await erase()).toMatchObject({ kind: 'busy' });
    expect(await unitsOf('ann')).not.toBeNull();
    await sale.run('release', sale.tail('queued'));
    expect(await erase()).toEqual({ kind: 'erased', cursor: '0' });
  });

  it('is the same again, and adds what came since to the same pseudonym', async () => {
    await erase();
    const once = await sale.state();
    await erase();
    expect(await sale.state()).toEqual(once);
    await sale.reserve({ id: 'again', lines: '1x1' });
    await sale.sell('again');
    await erase();
    expect((await unitsOf('erased_1'))?.split(' ').sort()).toEqual(['1=3', '2=1']);
    expect((await indexOf('erased_1'))?.split(' ')).toHaveLength(4);
  });

  it('finds records that the index of the newest has dropped, page by page', async () => {
    const ids = Array.from({ length: 600 }, (_, i) => `x${i}`);
    for (let at = 0; at < 600; at += 100)
      await sale.decide(...ids.slice(at, at + 100).map((id) => ({ id, lines: '1x9' })));
    let [cursor, pages] = ['0', 0];
    do {
      const page = await erase(cursor);
      if (page.kind === 'busy') throw new Error('busy');
      [cursor, pages] = [page.cursor, pages + 1];
    } while (cursor !== '0');
    expect(pages).toBeGreaterThan(2);
    expect(await found('ann')).toEqual([]);
    expect((await found('erased_1')).length).toBeGreaterThanOrEqual(603);
    expect((await indexOf('erased_1'))?.split(' ').length).toBeLessThanOrEqual(50);
  });
});
