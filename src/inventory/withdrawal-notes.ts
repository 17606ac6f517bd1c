import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';
import { notedUnits, type WithdrawnAs } from './unit-pages.js';

/** Where the version stands among the counters of lua/fragments/stock.lua. */
const VERSION_AT = 9;

export interface NotedUnit {
  readonly unit: number;
  readonly as: WithdrawnAs;
}

/** Units of a SKU that were taken out of sale in Redis and that Postgres may not have yet, and in which epoch. */
export interface WithdrawalsNoted {
  readonly epoch: number;
  readonly units: NotedUnit[];
}

/** What Redis has withdrawn and Postgres is to record; lua/supply.lua forgets a note once Postgres agrees. */
@Injectable()
export class WithdrawalNotes {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly config: Config,
  ) {}

  /** Throws store-unavailable. */
  async read(sale: SaleRef, ordinal: number): Promise<WithdrawalsNoted> {
    const { epoch, masks } = await this.masks(sale);
    const units = Object.entries(masks).flatMap(([field, mask]) => {
      const [of, page] = field.split(':').map(Number);
      return of === ordinal ? [...notedUnits(page ?? 0, mask)] : [];
    });
    return { epoch, units };
  }

  /** By ordinal, the stock version that Redis follows; -1 where it has notes that Postgres may not. Throws store-unavailable. */
  async versions(sale: SaleRef): Promise<ReadonlyMap<number, number>> {
    const { redis, name } = await this.keys(sale);
    const [stock, masks] = await Promise.all([redis.hgetall(name('stock')), redis.hkeys(name('withdrawn'))]).catch(
      away,
    );
    const versions = new Map(
      Object.entries(stock).map(([ordinal, counters]) => [
        Number(ordinal),
        Number(counters.split(' ')[VERSION_AT] ?? 0),
      ]),
    );
    for (const field of masks) versions.set(Number(field.split(':')[0]), -1);
    return versions;
  }

  private async masks(sale: SaleRef): Promise<{ epoch: number; masks: Record<string, string> }> {
    const { redis, name, epoch } = await this.keys(sale);
    return { epoch, masks: await redis.hgetall(name('withdrawn')).catch(away) };
  }

  private async keys(
    sale: SaleRef,
  ): Promise<{ redis: Redis; epoch: number; name: (key: 'stock' | 'withdrawn') => string }> {
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const { redis } = this.connection;
    return { redis, epoch, name: (key) => saleKey(this.config.keyPrefix, sale.key, epoch, key) };
  }
}

function away(): never {
  throw redisUnavailable();
}
