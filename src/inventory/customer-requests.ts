import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';

/** The newest requests of a customer in a sale (at most 50), whatever became of them. */
@Injectable()
export class CustomerRequests {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly config: Config,
  ) {}

  /** Tails of reservation ids, oldest first. Throws store-unavailable. */
  async tails(sale: SaleRef, customerId: string): Promise<string[]> {
    if (!this.connection.runId()) throw redisUnavailable();
    const key = saleKey(this.config.keyPrefix, sale.key, 0, 'customer-requests');
    const text = await this.connection
      .answering(() => this.connection.redis.hget(key, customerId))
      .catch(() => {
        throw redisUnavailable();
      });
    return text ? text.split(' ') : [];
  }
}
