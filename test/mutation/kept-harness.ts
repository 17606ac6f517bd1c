import { LedgerHarness } from '../ledger-harness.js';
import { Ledger } from '../../src/inventory/ledger.js';
import { LedgerMetrics } from '../../src/inventory/ledger-metrics.js';
import { RecentCounts } from '../../src/platform/recent-counts.js';
import { RedisClock } from '../../src/platform/redis-clock.js';
import { Metrics } from '../../src/platform/metrics.js';
import { Tracing } from '../../src/platform/tracing.js';

const TABLES = `SELECT string_agg(format('DELETE FROM %I', tablename), ';') AS empty FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'test_clock')`;

/**
 * One ledger for all test files, one after another: to copy a database for each takes longer than the tests of most
 * mutants. Between two files it forgets every row, and reads the scripts again, which have changed.
 */
export class KeptHarness {
  private kept: LedgerHarness | null = null;
  private began = 0;
  private empty = '';

  /** Has test files take the kept one where they would open one of their own. */
  install(): void {
    const open = (): Promise<LedgerHarness> => this.take();
    this.original = LedgerHarness.open.bind(LedgerHarness);
    Object.assign(LedgerHarness, { open });
  }

  /** After something that it may not have survived. */
  forget(): void {
    this.kept = null;
  }

  private original: () => Promise<LedgerHarness> = () => Promise.reject(new Error('not installed'));

  private async take(): Promise<LedgerHarness> {
    const harness = (this.kept ??= await this.make());
    await harness.connection.untilReady(5_000);
    await harness.postgres.query(
      `SET session_replication_role = replica; ${this.empty}; SET session_replication_role = DEFAULT`,
    );
    await harness.setClock(this.began);
    harness.queue.batches.length = 0;
    const metrics = new LedgerMetrics(new Metrics(), new Tracing(null), new RecentCounts(new RedisClock()));
    const { connection, epochs, rebuilds, config, log } = harness;
    const fresh = new Ledger(connection, epochs, rebuilds, config, log, metrics);
    Object.assign(harness.ledger, Object.fromEntries(Object.entries(fresh).filter(([name]) => name === 'scripts')));
    return harness;
  }

  private async make(): Promise<LedgerHarness> {
    const harness = await this.original();
    this.began = harness.now;
    const [row] = await harness.postgres.query<{ empty: string }>(TABLES);
    this.empty = row?.empty ?? '';
    return Object.assign(harness, { close: () => Promise.resolve() });
  }
}
