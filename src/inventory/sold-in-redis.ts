import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';
import { unpackCounters } from './sku-counters.js';

/** How many units an epoch in Redis counts as sold, whoever wrote it: also one that a restarted Redis has read back from its file. */
@Injectable()
export class SoldInRedis {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly config: Config,
  ) {}

  /** By SKU ordinal; nothing where there are no counters that can be read. Throws store-unavailable. */
  async read(sale: SaleRef, epoch: number): Promise<ReadonlyMap<number, number>> {
    const stock = await this.hash(sale, epoch, 'stock');
    const sold = Object.entries(stock).map(
      ([ordinal, text]) => [Number(ordinal), unpackCounters(text)?.sold ?? 0] as const,
    );
    return new Map(sold);
  }

  /** Cancelled orders whose units went back on sale here: the tail of each one's reservation, and the version applied last. */
  async restocked(sale: SaleRef, epoch: number): Promise<ReadonlyMap<string, number>> {
    const notes = await this.hash(sale, epoch, 'restocked');
    return new Map(Object.entries(notes).map(([tail, version]) => [tail, Number(version)]));
  }

  private async hash(sale: SaleRef, epoch: number, name: 'stock' | 'restocked'): Promise<Record<string, string>> {
    if (!this.connection.runId()) throw redisUnavailable();
    const key = saleKey(this.config.keyPrefix, sale.key, epoch, name);
    return this.connection.redis.hgetall(key).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return {};
      throw redisUnavailable();
    });
  }
}
