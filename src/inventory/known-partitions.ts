import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { RedisConnections } from '../platform/redis.js';

/** The greatest number of reserve queues there ever was: what a lowered setting left behind must still be worked on. */
@Injectable()
export class KnownPartitions {
  constructor(
    private readonly connections: RedisConnections,
    private readonly config: Config,
  ) {}

  /** Notes today's number and returns the greatest; waits for Redis as long as it takes. */
  async note(): Promise<number> {
    const redis = this.connections.patient();
    const key = `${this.config.keyPrefix}:partitions`;
    try {
      const before = Number((await redis.get(key)) ?? '0');
      if (before < this.config.partitions) await redis.set(key, this.config.partitions);
      return Math.max(before, this.config.partitions);
    } finally {
      redis.disconnect();
    }
  }
}
