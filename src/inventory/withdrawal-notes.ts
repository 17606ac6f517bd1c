import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';
import { notedUnits, type WithdrawnAs } from './unit-pages.js';

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

  /** Ordinals of the SKUs that have notes. Throws store-unavailable. */
  async ordinals(sale: SaleRef): Promise<ReadonlySet<number>> {
    const { masks } = await this.masks(sale);
    return new Set(Object.keys(masks).map((field) => Number(field.split(':')[0])));
  }

  private async masks(sale: SaleRef): Promise<{ epoch: number; masks: Record<string, string> }> {
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const key = saleKey(this.config.keyPrefix, sale.key, epoch, 'withdrawn');
    const masks = await this.connection.redis.hgetall(key).catch(() => {
      throw redisUnavailable();
    });
    return { epoch, masks };
  }
}
