import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../scripts/redis.mjs';

const BUSY_AFTER_MS = 200;
const PATIENCE_MS = 1_000;

/** A Redis for scripts that may never end. */
export class BenchRedis {
  private constructor(
    private readonly directory: string,
    private server: RedisServer,
    private redis: Redis,
  ) {}

  static async start(directory: string): Promise<BenchRedis> {
    const server = await startRedis({ directory, durable: false });
    return new BenchRedis(directory, server, await connect(server.url));
  }

  get url(): string {
    return this.server.url;
  }

  /** Ends a script that does not end by itself; one that has written already ends with its Redis. */
  async mend(): Promise<void> {
    if (await this.answers()) return;
    await this.redis.call('SCRIPT', 'KILL').catch(() => undefined);
    if (await this.answers()) return;
    this.redis.disconnect();
    await this.server.kill();
    this.server = await startRedis({ directory: this.directory, port: this.server.port, durable: false });
    this.redis = await connect(this.server.url);
  }

  async takeReached(key: string): Promise<string[]> {
    const reached = await this.redis.smembers(key);
    await this.redis.del(key);
    return reached;
  }

  async empty(): Promise<void> {
    await this.redis.flushall();
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.server.kill();
  }

  private answers(): Promise<boolean> {
    return this.redis.ping().then(
      () => true,
      () => false,
    );
  }
}

async function connect(url: string): Promise<Redis> {
  const redis = new Redis(url, { commandTimeout: PATIENCE_MS, retryStrategy: () => 50, maxRetriesPerRequest: 2 });
  redis.on('error', () => undefined);
  await redis.config('SET', 'lua-time-limit', BUSY_AFTER_MS);
  return redis;
}
