import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Log } from './logging.js';
import { Postgres } from './postgres.js';
import { Readiness } from './readiness.js';
import { RedisClock } from './redis-clock.js';
import { RedisConnections } from './redis.js';
import { Ticker } from './ticker.js';

const PROBE_INTERVAL_MS = 500;

/** Asks both stores twice a second whether they answer, so that readiness is right even while nobody calls. */
@Injectable()
export class StoreProbe implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;
  private readonly redis: Redis;

  constructor(
    private readonly postgres: Postgres,
    redisConnections: RedisConnections,
    private readonly readiness: Readiness,
    private readonly clock: RedisClock,
    log: Log,
  ) {
    this.redis = redisConnections.failFast();
    this.ticker = new Ticker('store-probe', PROBE_INTERVAL_MS, () => this.runOnce(), log.child({ part: 'platform' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  async runOnce(): Promise<void> {
    const [postgres, redis] = await Promise.allSettled([this.postgres.query('SELECT 1'), this.askTime()]);
    this.readiness.report('postgres', postgres.status === 'fulfilled');
    this.readiness.report('redis', redis.status === 'fulfilled');
    this.readiness.report('writes', this.postgres.canWrite());
  }

  private async askTime(): Promise<void> {
    const askedAt = performance.now();
    const [seconds, micros] = await this.redis.time();
    this.clock.note(Number(seconds) * 1_000 + Number(micros) / 1_000, askedAt, performance.now());
  }
}
