import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { AnswerWatch } from '../platform/answer-watch.js';
import { Config } from '../platform/config.js';
import { RedisConnections, redisUnavailable } from '../platform/redis.js';
import { StoreRules } from '../platform/store-rules.js';
import type { Script } from './script.js';

/**
 * The connection that scripts run on. After every (re)connection it first asks Redis which run it is: a Redis that
 * restarted may have forgotten, or remember what is no longer true, so nothing runs on it under the old run's name.
 */
@Injectable()
export class InventoryConnection {
  readonly redis: Redis;
  private readonly watch: AnswerWatch;
  private run: string | undefined;

  constructor(
    connections: RedisConnections,
    @Inject(StoreRules) private readonly rules: Pick<StoreRules, 'fault'>,
    config: Config,
  ) {
    this.redis = connections.failFast({ commandTimeout: config.redisCommandTimeoutMs });
    this.watch = connections.watch(() => this.redis.ping());
    this.redis.on('close', () => (this.run = undefined));
    this.redis.on('ready', () => void this.learnRun());
  }

  /**
   * The run_id of the Redis behind this connection; undefined while it is away or not yet known. A Redis that breaks the
   * rules is as good as away: what it is told may be gone the next moment.
   */
  runId(): string | undefined {
    return this.redis.status === 'ready' && this.rules.fault === null ? this.run : undefined;
  }

  /** Resolves when the connection is ready to run scripts, or rejects with store-unavailable after `ms`. */
  async untilReady(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (!this.runId()) {
      if (performance.now() > deadline) throw redisUnavailable();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** For what answers a request: it must not wait for a Redis that has fallen silent. */
  answering<T>(ask: () => Promise<T>): Promise<T> {
    return this.watch.within(ask);
  }

  /**
   * Runs a script; Redis's script cache may have been emptied, and then the text is sent. With `runId`, only on that
   * run: an epoch that was looked up for one run of Redis says nothing of the next.
   */
  async evaluate(script: Script, keys: string[], args: (string | number)[], runId?: string): Promise<unknown> {
    const run = this.runId();
    if (!run || (runId !== undefined && run !== runId)) throw redisUnavailable();
    try {
      return await this.redis.evalsha(script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.redis.eval(script.text, keys.length, ...keys, ...args);
    }
  }

  private async learnRun(): Promise<void> {
    try {
      const server = await this.redis.info('server');
      this.run = /run_id:(\w+)/.exec(server)?.[1];
    } catch {
      // Nothing may run on a connection whose run is not known; a new one asks anew.
      this.run = undefined;
      if (this.redis.status === 'ready') this.redis.disconnect(true);
    }
  }
}
