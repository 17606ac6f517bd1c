import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

const HOUR_MS = 3_600_000;
/** Between two looks at a real clock. */
const SLACK_MS = 4_000;

/** A sale that goes by Redis's real clock, moved by `offsetMs` and bound by beats as in production. */
async function guarded(): Promise<{ sale: LedgerSale; moveClock: (offsetMs: number) => Promise<unknown> }> {
  const sale = await harness.sale({ skus: [{ units: 5 }], holdTtlSeconds: 60 });
  const { redis } = harness.connection;
  await redis.hdel(sale.redisKey('meta'), 'skew', 'beat', 'beatPg');
  await redis.hset(sale.redisKey('meta'), 'last', 0);
  const moveClock = (offsetMs: number): Promise<unknown> => redis.set(sale.redisKey('clock'), `${offsetMs} guarded`);
  await moveClock(0);
  return { sale, moveClock };
}

const beat = async (sale: LedgerSale, postgresMs: number, leapt = 'no', waitedMs = 0): Promise<string[]> => {
  const [seconds, micros] = await harness.connection.redis.time();
  const redisMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) - waitedMs;
  return sale.run('beat', redisMs, Math.round(postgresMs), leapt);
};

/** How far the ledger's clock is from the real one. */
async function aheadMs(sale: LedgerSale): Promise<number> {
  const [, now] = await sale.run('view');
  return Number(now) - Date.now();
}

const near = (ms: number, wanted: number): boolean => Math.abs(ms - wanted) < SLACK_MS;

describe('a beat', () => {
  it('changes nothing while both clocks go equally far', async () => {
    const { sale } = await guarded();
    expect((await beat(sale, 1_000_000))[0]).toBe('beat');
    expect((await beat(sale, 1_000_000))[0]).toBe('beat');
    expect(near(await aheadMs(sale), 0)).toBe(true);
  });

  it('takes back a leap of Redis’s clock, forwards and backwards; meanwhile nothing expires', async () => {
    const { sale, moveClock } = await guarded();
    await beat(sale, 0);
    expect(await sale.decide({ id: 'a', lines: '1x1' })).toEqual(['decided 1#1']);
    await moveClock(HOUR_MS);
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    expect(await aheadMs(sale)).toBeLessThan(5_000 + SLACK_MS);
    const [word, leap] = await beat(sale, 0);
    expect(word).toBe('redis-leapt');
    expect(near(Number(leap), HOUR_MS)).toBe(true);
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    await moveClock(0);
    expect((await beat(sale, 0))[0]).toBe('redis-leapt');
    expect(near(await aheadMs(sale), 0)).toBe(true);
    await sale.balanced();
  });

  it('lets time that really passed pass, however long nobody vouched for it', async () => {
    const { sale, moveClock } = await guarded();
    await beat(sale, 0);
    await sale.decide({ id: 'a', lines: '1x1' });
    await moveClock(HOUR_MS);
    expect(await sale.run('expire', 10)).toEqual(['ok', '0']);
    expect((await beat(sale, HOUR_MS))[0]).toBe('beat');
    expect((await sale.run('expire', 10))[3]).toBe(sale.tail('a'));
    await sale.balanced();
  });

  it('goes on by Redis’s clock when Postgres’s leaps', async () => {
    const { sale } = await guarded();
    await beat(sale, 0);
    expect((await beat(sale, HOUR_MS, 'yes'))[0]).toBe('postgres-leapt');
    expect(near(await aheadMs(sale), 0)).toBe(true);
    expect((await beat(sale, HOUR_MS))[0]).toBe('beat');
  });

  it('that was under way for long writes nothing: its wait is no leap', async () => {
    const { sale, moveClock } = await guarded();
    await beat(sale, 0);
    await moveClock(9_000);
    const before = await sale.state();
    expect((await beat(sale, 500, 'no', 8_500))[0]).toBe('late');
    expect((await beat(sale, 500, 'no', -1_000))[0]).toBe('late');
    expect(await sale.state()).toEqual(before);
    expect((await beat(sale, 9_000))[0]).toBe('beat');
    expect(near(await aheadMs(sale), 9_000)).toBe(true);
  });

  it('writes nothing when a clock leapt and its caller cannot tell which', async () => {
    const { sale, moveClock } = await guarded();
    await beat(sale, 0);
    await moveClock(HOUR_MS);
    const before = await sale.state();
    expect((await beat(sale, 0, 'unknown'))[0]).toBe('unsure');
    expect(await sale.state()).toEqual(before);
  });
});
