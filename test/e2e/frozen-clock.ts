import { Redis } from 'ioredis';
import pg from 'pg';
import { saleKey } from '../../src/inventory/sale-keys.js';
import type { TestSale } from './test-sale.js';

/** So far back that the ledger's clock, which never goes back, stays at the last value that a test gave it. */
const FAR_BACK_MS = -1e14;
/** Of a sale that was retired meanwhile there is nothing, and nothing may be made. */
const MOVE = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'last', ARGV[1]) end`;

/** The clock of both stores, standing still until a test moves it. Needs TEST_CLOCK, and no rebuild while it is in use. */
export class FrozenClock {
  now = Date.now();
  private readonly sales: TestSale[] = [];

  private constructor(
    private readonly postgres: pg.Client,
    private readonly redis: Redis,
    private readonly keyPrefix: string,
  ) {}

  static async install(databaseUrl: string, redisUrl: string, keyPrefix: string): Promise<FrozenClock> {
    const postgres = new pg.Client({ connectionString: databaseUrl });
    await postgres.connect();
    const clock = new FrozenClock(postgres, new Redis(redisUrl), keyPrefix);
    await postgres.query('CREATE TABLE test_clock (at timestamptz NOT NULL)');
    await postgres.query('INSERT INTO test_clock VALUES ($1)', [new Date(clock.now)]);
    await postgres.query(
      `CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM test_clock'`,
    );
    return clock;
  }

  /** From here on the sale lives by this clock. */
  async follow(sale: TestSale): Promise<void> {
    this.sales.push(sale);
    await this.redis.set(this.key(sale, 'clock'), FAR_BACK_MS);
    await this.set(Math.max(this.now, Date.now()));
  }

  async advance(ms: number): Promise<void> {
    await this.set(this.now + ms);
  }

  async set(at: number): Promise<void> {
    this.now = at;
    await this.postgres.query('UPDATE test_clock SET at = $1', [new Date(at)]);
    for (const sale of this.sales) await this.redis.eval(MOVE, 1, this.key(sale, 'meta'), at);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.postgres.end();
  }

  private key(sale: TestSale, name: 'clock' | 'meta'): string {
    return saleKey(this.keyPrefix, sale.key, 0, name);
  }
}
