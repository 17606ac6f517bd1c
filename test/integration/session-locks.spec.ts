import { stateLock } from '../../src/inventory/in-epoch.js';
import { whileLocked } from '../../src/platform/session-lock.js';
import { LedgerHarness } from '../ledger-harness.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/** Seconds until the server takes a silent peer for gone. */
async function patienceSeconds(): Promise<number> {
  const [row] = await harness.postgres.query<{ idle: number; interval: number; count: number }>(
    `SELECT current_setting('tcp_keepalives_idle')::int AS idle, current_setting('tcp_keepalives_interval')::int AS interval,
       current_setting('tcp_keepalives_count')::int AS count`,
  );
  return (row?.idle ?? 0) + (row?.interval ?? 0) * (row?.count ?? 0);
}

describe('a lock that a process holds while it works', () => {
  it('is given up by the server soon after the machine of that process is gone: a rebuild waits for it', async () => {
    expect(await patienceSeconds()).toBeGreaterThan(0);
    expect(await patienceSeconds()).toBeLessThanOrEqual(30);
  });

  it('is free for others as soon as the session of its holder has ended', async () => {
    const lock = stateLock({ id: 'sale_a', key: 'a' });
    await expect(
      whileLocked(harness.postgres, lock, async () => {
        expect(await whileLocked(harness.postgres, lock, () => Promise.resolve('mine'))).toBeUndefined();
        // Until the session is over, not only told to end.
        await harness.postgres.query(
          `SELECT pg_terminate_backend(l.pid, 60000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
           WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
        );
        expect(await whileLocked(harness.postgres, lock, () => Promise.resolve('mine'))).toBe('mine');
      }),
    ).rejects.toThrow();
  });
});
