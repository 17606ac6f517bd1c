import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import type { EndedInRedis } from './journal.js';
import { saleKey, type SaleRef } from './sale-keys.js';

/** What Postgres may not have yet; `extended` are tails of holds whose deadline moved. */
export interface Unjournalled {
  readonly epoch: number;
  readonly ended: EndedInRedis[];
  readonly extended: string[];
}

/** Holds that ended in Redis and whose rows Postgres may still have as held: read, journalled, then forgotten. */
@Injectable()
export class EndedHolds {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly config: Config,
  ) {}

  async read(sale: SaleRef, limit: number): Promise<Unjournalled> {
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const [, entries] = await this.connection.redis.hscan(this.key(sale, epoch), 0, 'COUNT', limit);
    const ended: EndedInRedis[] = [];
    const extended: string[] = [];
    for (let i = 0; i < entries.length; i += 2) {
      const [tail = '', extension] = (entries[i] ?? '').split(':');
      const [status, version, endedAt] = (entries[i + 1] ?? '').split(' ');
      if (extension !== undefined) extended.push(tail);
      else {
        const word = status === 'released' ? 'released' : 'expired';
        ended.push({ tail, status: word, version: Number(version), endedAt: Number(endedAt) });
      }
    }
    return { epoch, ended, extended };
  }

  async forget(sale: SaleRef, { epoch, ended, extended }: Unjournalled): Promise<void> {
    const fields = [...ended.map(({ tail }) => tail), ...extended.map((tail) => `${tail}:extended`)];
    await this.connection.redis.hdel(this.key(sale, epoch), ...fields);
  }

  private key(sale: SaleRef, epoch: number): string {
    return saleKey(this.config.keyPrefix, sale.key, epoch, 'ended');
  }
}
