import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Config } from './config.js';
import { Log } from './logging.js';
import { Postgres } from './postgres.js';
import { Readiness } from './readiness.js';
import { durabilityWarning } from './redis-durability.js';
import { RedisConnections } from './redis.js';
import { Ticker } from './ticker.js';

const LOOK_MS = 10_000;

/** A store is set in a way that would break a promise. The message names the setting and what to do. */
export class UnsafeStore extends Error {
  override readonly name = 'UnsafeStore';
}

/**
 * Settings of the stores without which nothing that is promised would hold. A process refuses to start against them;
 * when one is changed under it, it is no longer ready and holds nothing more, until the setting is right again. A Redis
 * that may forget queued requests breaks less than that, and is not always ours to set: it is warned of, and used.
 */
@Injectable()
export class StoreRules implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly redis: Redis;
  private readonly log: Logger;
  private readonly ticker: Ticker;
  private readonly verdicts: Record<'redis' | 'postgres', string | null> = { redis: null, postgres: null };

  constructor(
    connections: RedisConnections,
    private readonly postgres: Postgres,
    private readonly readiness: Readiness,
    private readonly config: Config,
    log: Log,
  ) {
    this.redis = connections.failFast({ lazyConnect: true });
    this.log = log.child({ part: 'platform' });
    this.ticker = new Ticker('store-rules', LOOK_MS, () => this.runOnce(), this.log);
  }

  /** What is wrong with a store, as a sentence; null while nothing is known to be. */
  get fault(): string | null {
    return this.verdicts.redis ?? this.verdicts.postgres;
  }

  async onApplicationBootstrap(): Promise<void> {
    // A store that is away has no settings to be judged by; it is looked at when it is back.
    await this.redis.connect().catch(() => undefined);
    await this.runOnce();
    if (this.fault !== null) throw new UnsafeStore(this.fault);
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** Looks at both stores; one that cannot be asked keeps the verdict that it had. */
  async runOnce(): Promise<void> {
    const before = this.fault;
    await Promise.all([
      this.judge('redis', () => this.redisFault()),
      this.judge('postgres', () => this.postgresFault()),
      this.lookAtDurability(),
    ]);
    const now = this.fault;
    if (now !== null && now !== before) this.log.fatal({ fault: now }, 'a store breaks the promises; nothing is held');
    if (now === null && before !== null) this.log.info('the stores keep the promises again');
    this.readiness.report('rules', now === null);
  }

  private async judge(store: 'redis' | 'postgres', look: () => Promise<string | null>): Promise<void> {
    try {
      this.verdicts[store] = await look();
    } catch {
      // Away: what it will be like when it is back is not known yet.
    }
  }

  /** Said once, and again when it changes; whoever reads /health/ready is told for as long as it is so. */
  private async lookAtDurability(): Promise<void> {
    const before = this.readiness.warnings[0] ?? null;
    const warning = await durabilityWarning(this.redis).catch(() => before);
    this.readiness.warnings = warning === null ? [] : [warning];
    if (warning === before) return;
    if (warning === null) this.log.info('Redis keeps every queued request again');
    else this.log.warn({ warning }, 'what was acknowledged as queued may be lost with Redis; holds and orders are not');
  }

  private async redisFault(): Promise<string | null> {
    return (await this.evictionFault()) ?? (await this.ownerFault());
  }

  /** Queues and channels of two installations under one prefix would take each other's messages. */
  private async ownerFault(): Promise<string | null> {
    const [row] = await this.postgres.query<{ id: string }>('SELECT id::text FROM installation');
    if (!row) return null;
    const key = `${this.config.keyPrefix}:installation`;
    await this.redis.setnx(key, row.id);
    const owner = await this.redis.get(key);
    if (owner === null || owner === row.id) return null;
    return (
      `Redis holds another installation's state: ${key} names ${owner}, the database is of ${row.id}. ` +
      'Set another KEY_PREFIX or REDIS_URL; or, when that installation is gone, delete that key.'
    );
  }

  private async evictionFault(): Promise<string | null> {
    const memory = await this.redis.info('memory');
    const policy = /maxmemory_policy:([\w-]+)/.exec(memory)?.[1];
    if (policy === undefined || policy === 'noeviction') return null;
    return `Redis may evict what is held: its maxmemory-policy is ${policy}. Set maxmemory-policy to noeviction.`;
  }

  private async postgresFault(): Promise<string | null> {
    const [row] = await this.postgres.query<{ synchronous_commit: string }>('SHOW synchronous_commit');
    if (row?.synchronous_commit !== 'off') return null;
    return 'Postgres may forget orders that were answered: synchronous_commit is off for this role, database or server. Set it to on.';
  }
}
