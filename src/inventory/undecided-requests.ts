import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';

/** Requests that were written down and whose hold is not announced yet, nor refused. */
@Injectable()
export class UndecidedRequests {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly config: Config,
  ) {}

  /** How many there are in each sale, in the order of the sales. Throws store-unavailable. */
  async count(sales: readonly SaleRef[]): Promise<number[]> {
    if (!this.connection.runId()) throw redisUnavailable();
    // The set outlives epochs, so that none needs to be known.
    const keys = sales.map(({ key }) => saleKey(this.config.keyPrefix, key, 0, 'queued'));
    return Promise.all(keys.map((key) => this.connection.redis.zcard(key)));
  }
}
