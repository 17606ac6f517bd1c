import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { beatClock, type ReferenceTime } from '../inventory/beat.js';
import { InventoryConnection } from '../inventory/inventory-connection.js';
import { Ledger } from '../inventory/ledger.js';
import { Log } from '../platform/logging.js';
import { Postgres } from '../platform/postgres.js';
import { redisUnavailable } from '../platform/redis.js';
import { type ActiveSale, ActiveSales } from '../sales/active-sales.js';

/** As CLOCK_STEP_MS_MAX of lua/fragments/sale.lua: two clocks that differ by less are two clocks. */
const CLOCK_STEP_MS_MAX = 5_000;
/** As in lua/beat.lua: clocks that were read further apart than this cannot be compared. */
const BEAT_AGE_MS_MAX = CLOCK_STEP_MS_MAX / 2;

/**
 * Vouches for the ledger's clock. Deadlines are decided by Redis's clock, which an operator or a virtual machine may
 * move by an hour; so its pace is held against Postgres's, and Postgres's against this process's steady clock. A
 * clock that leaps is noticed within a beat, and until then no script goes more than five seconds past the last one.
 */
@Injectable()
export class ClockBeat {
  private readonly log: Logger;
  private sales: readonly ActiveSale[] = [];
  private last: { ms: number; at: number } | undefined;

  constructor(
    private readonly postgres: Postgres,
    private readonly connection: InventoryConnection,
    private readonly ledger: Ledger,
    private readonly activeSales: ActiveSales,
    log: Log,
  ) {
    this.log = log.child({ part: 'reconcile' });
  }

  /** One beat for every sale that is active; returns how many took it. */
  async runOnce(): Promise<number> {
    if (!this.connection.runId()) return 0;
    const reference = await this.reference().catch(() => null);
    if (!reference) return 0;
    const taken = await Promise.allSettled(this.sales.map((sale) => this.beat(sale, reference)));
    return taken.filter(({ status }) => status === 'fulfilled').length;
  }

  /**
   * What a new epoch's clock begins with: Redis's time, less what it is off from Postgres's when that is more than two
   * clocks may differ: the holds of the epoch before have deadlines of a clock that agreed.
   */
  async beginning(): Promise<[string, number][]> {
    const before = await this.redisMs();
    const [row] = await this.postgres.query<{ ms: number }>(NOW);
    const redisMs = await this.redisMs();
    // A store or this process stood still in between: the rebuild is begun again.
    if (redisMs - before > BEAT_AGE_MS_MAX) throw redisUnavailable();
    const postgresMs = Math.round(row?.ms ?? redisMs);
    const skew = Math.abs(redisMs - postgresMs) > CLOCK_STEP_MS_MAX ? redisMs - postgresMs : 0;
    if (skew !== 0) this.log.error({ skewMs: skew }, "Redis's clock is not Postgres's; the ledger goes by Postgres's");
    return [
      ['skew', skew],
      ['beat', redisMs - skew],
      ['beatPg', postgresMs],
    ];
  }

  /** While Postgres is away its clock is taken to go on as ours does: expiry goes on too. */
  private async reference(): Promise<ReferenceTime | null> {
    try {
      this.sales = await this.activeSales.list();
      const redisMs = await this.redisMs();
      const [row] = await this.postgres.query<{ ms: number }>(NOW);
      const now = { ms: Number(row?.ms), at: performance.now() };
      const leapt = this.last ? Math.abs(now.ms - this.expected(this.last)) > CLOCK_STEP_MS_MAX : null;
      this.last = now;
      return { redisMs, ms: now.ms, leapt };
    } catch {
      const redisMs = await this.redisMs();
      return this.last ? { redisMs, ms: this.expected(this.last), leapt: false } : null;
    }
  }

  private async redisMs(): Promise<number> {
    const [seconds, micros] = await this.connection.redis.time().catch(() => {
      throw redisUnavailable();
    });
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  private expected({ ms, at }: { ms: number; at: number }): number {
    return ms + performance.now() - at;
  }

  private async beat(sale: ActiveSale, reference: ReferenceTime): Promise<void> {
    const { word, leapMs } = await beatClock(this.ledger, sale, reference);
    if (word === 'beat' || word === 'late' || word === 'unguarded') return;
    this.log.error({ saleId: sale.id, leapMs, word }, 'a clock leapt; the ledger goes on as if it had not');
  }
}

const NOW = 'SELECT (extract(epoch FROM ledger_now()) * 1000)::float8 AS ms';
