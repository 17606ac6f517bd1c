import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import type { EndedInRedis } from './journal.js';
import { saleKey, type SaleRef } from './sale-keys.js';

/** Holds that ended in Redis and whose rows Postgres may still have as held: read, journalled, then forgotten. */
@Injectable()
export class EndedHolds {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly config: Config,
  ) {}

  async read(sale: SaleRef, limit: number): Promise<{ epoch: number; ended: EndedInRedis[] }> {
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const [, entries] = await this.connection.redis.hscan(this.key(sale, epoch), 0, 'COUNT', limit);
    const ended: EndedInRedis[] = [];
    for (let i = 0; i < entries.length; i += 2) {
      const [status, version, endedAt] = (entries[i + 1] ?? '').split(' ');
      const tail = entries[i] ?? '';
      ended.push({
        tail,
        status: status === 'released' ? 'released' : 'expired',
        version: Number(version),
        endedAt: Number(endedAt),
      });
    }
    return { epoch, ended };
  }

  async forget(sale: SaleRef, epoch: number, tails: readonly string[]): Promise<void> {
    await this.connection.redis.hdel(this.key(sale, epoch), ...tails);
  }

  private key(sale: SaleRef, epoch: number): string {
    return saleKey(this.config.keyPrefix, sale.key, epoch, 'ended');
  }
}
