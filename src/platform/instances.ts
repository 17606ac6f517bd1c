import { hostname } from 'node:os';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from './config.js';
import { randomId } from './ids.js';
import { Log } from './logging.js';
import { type CountsOfSubjects, RecentCounts } from './recent-counts.js';
import { RedisClock } from './redis-clock.js';
import { RedisConnections, redisUnavailable } from './redis.js';
import { Ticker } from './ticker.js';

const BEAT_MS = 1_000;
/** A process that has not said anything for so long is not alive; a stop that lasts longer is one that buyers feel. */
const SILENT_MS_MAX = 5_000;
/** One that is silent for so long is gone, and is no longer told of. */
const GONE_MS = 60_000;

/** What a running process says of itself each second. Times are milliseconds of Redis's clock. */
interface Told {
  readonly role: Config['role'];
  readonly host: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly counts: CountsOfSubjects;
}

/** A running process of this installation; `alive`: it said so in the last 5 s. */
export interface Instance extends Told {
  readonly id: string;
  readonly alive: boolean;
}

/**
 * Which processes run, and what each has counted in the last minute: every one says so once a second in Redis, in one
 * small record. It is for people to look at; nothing is decided by it, and it may be lost.
 */
@Injectable()
export class Instances implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly id = randomId('run', 10);
  private readonly redis: Redis;
  private readonly key: string;
  private readonly ticker: Ticker;
  private startedAt: number | undefined;

  constructor(
    connections: RedisConnections,
    private readonly config: Config,
    private readonly clock: RedisClock,
    private readonly counts: RecentCounts,
    log: Log,
  ) {
    this.redis = connections.failFast();
    this.key = `${config.keyPrefix}:instances`;
    this.ticker = new Ticker('instances', BEAT_MS, () => this.beat(), log.child({ part: 'platform' }));
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  /** Whoever stops in order is not missed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
    await this.redis.hdel(this.key, this.id).catch(() => undefined);
  }

  /** While Redis is away nobody could read it. */
  async beat(): Promise<void> {
    const now = this.clock.now();
    if (now === undefined || this.redis.status !== 'ready') return;
    this.startedAt ??= now;
    const { role } = this.config;
    const told: Told = { role, host: hostname(), startedAt: this.startedAt, seenAt: now, counts: this.counts.told() };
    await this.redis.hset(this.key, this.id, JSON.stringify(told));
  }

  /** Every process that said something in the last minute, the oldest first. Throws store-unavailable. */
  async list(): Promise<Instance[]> {
    const now = this.clock.now();
    if (now === undefined) throw redisUnavailable();
    const told = await this.redis.hgetall(this.key).catch(() => {
      throw redisUnavailable();
    });
    const all = Object.entries(told).flatMap(([id, text]) => read(id, text, now));
    const gone = all.filter(({ seenAt }) => seenAt < now - GONE_MS).map(({ id }) => id);
    if (gone.length > 0) await this.redis.hdel(this.key, ...gone).catch(() => undefined);
    return all.filter(({ id }) => !gone.includes(id)).sort((a, b) => a.startedAt - b.startedAt);
  }
}

/** Anybody who can write to Redis can write here; what is no record of ours tells nothing. */
function read(id: string, text: string, now: number): Instance[] {
  try {
    const told = JSON.parse(text) as Told;
    if (typeof told.seenAt !== 'number' || typeof told.counts !== 'object') return [];
    return [{ ...told, id, alive: told.seenAt > now - SILENT_MS_MAX }];
  } catch {
    return [];
  }
}
