import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
let sale: LedgerSale;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const HOUR = 3_600_000;
const forget = (ageMs = HOUR, limit = 100, cursor = '0'): Promise<string[]> => sale.run('forget', cursor, ageMs, limit);
const kept = async (): Promise<string[]> =>
  (await harness.connection.redis.hkeys(sale.redisKey('requests'))).map((tail) => tail.replace(/_+$/, '')).sort();
const indexOf = (customer: string): Promise<string | null> =>
  harness.connection.redis.hget(sale.redisKey('customer-requests'), customer);

describe('forget', () => {
  beforeEach(async () => (sale = await harness.sale({ skus: [{ units: 8 }], holdTtlSeconds: 60 })));
  afterEach(() => sale.balanced());

  it('removes what is over, to the millisecond, and nothing that is held, pinned, decided or queued', async () => {
    await sale.reserve({ id: 'sold', lines: '1x1' }, { id: 'freed', lines: '1x1' }, { id: 'gone', lines: '1x1' });
    await sale.sell('sold');
    await sale.run('release', sale.tail('freed'));
    await sale.accept({ id: 'withdrawn', lines: '1x1' });
    await sale.run('release', sale.tail('withdrawn'));
    await sale.decide({ id: 'refused', lines: '1x9' });
    await sale.reserve({ id: 'pinned', lines: '1x1' });
    await sale.pin('pinned');
    await sale.advance(60_000);
    await sale.run('expire', 10);
    await sale.reserve({ id: 'held', lines: '1x1' });
    await sale.decide({ id: 'decided', lines: '1x1' });
    await sale.accept({ id: 'queued', lines: '1x1' });
    const all = await kept();
    await sale.advance(HOUR - 1);
    expect(await forget(2 * HOUR)).toEqual(['ok', '0', '9', '0']);
    expect(await kept()).toEqual(all);
    expect(await forget()).toEqual(['ok', '0', '9', '5']);
    expect(await kept()).toEqual(['decided', 'held', 'pinned', 'queued']);
    expect(await indexOf('ann')).toBe(['pinned', 'held', 'decided', 'queued'].map((id) => sale.tail(id)).join(' '));
  });

  it('leaves no customer behind that nothing is known of', async () => {
    await sale.accept({ id: 'a', lines: '1x1', customer: 'bob' }, { id: 'b-c', lines: '1x1', customer: 'cid' });
    await sale.run('release', sale.tail('a'));
    await sale.run('release', sale.tail('b-c'));
    await sale.advance(HOUR);
    expect((await forget())[3]).toBe('2');
    expect(await harness.connection.redis.exists(sale.redisKey('requests'), sale.redisKey('customer-requests'))).toBe(
      0,
    );
  });

  it('goes through any number of records, page by page', async () => {
    const ids = Array.from({ length: 700 }, (_, i) => `r${i}`);
    for (let at = 0; at < ids.length; at += 100)
      await sale.accept(...ids.slice(at, at + 100).map((id, i) => ({ id, lines: '1x1', customer: `c${i}` })));
    await harness.connection.redis.zremrangebyrank(sale.redisKey('queued'), 0, 599);
    await sale.advance(HOUR);
    let [pages, seen, removed, cursor] = [0, 0, 0, '0'];
    do {
      const [, next = '0', looked, gone] = await forget(HOUR, 50, cursor);
      [pages, seen, removed, cursor] = [pages + 1, seen + Number(looked), removed + Number(gone), next];
    } while (cursor !== '0');
    expect([pages > 5, seen >= 700, removed]).toEqual([true, true, 600]);
    expect(await kept()).toHaveLength(100);
  });

  it('a key comes again to a record that is forgotten: it is a new request', async () => {
    await sale.decide({ id: 'a', lines: '1x9' });
    await sale.advance(HOUR);
    expect(await sale.accept({ id: 'a', lines: '1x9' })).toEqual(['known rejected -']);
    await forget();
    expect(await sale.accept({ id: 'a', lines: '1x9' })).toEqual(['queued']);
  });
});
