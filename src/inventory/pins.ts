import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import { saleKey, type SaleRef } from './sale-keys.js';
import { viewRecords } from './view.js';
import { Ledger } from './ledger.js';

/** Pins made in Redis that nobody has yet seen in Postgres. */
@Injectable()
export class Pins {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly ledger: Ledger,
    private readonly config: Config,
  ) {}

  /** Pins older than `graceMs` by the ledger's clock, at most `limit`, with their records. */
  async olderThan(
    sale: SaleRef,
    graceMs: number,
    limit: number,
  ): Promise<{ epoch: number; pins: { tail: string; hold: string }[] }> {
    // The script comes first: it finds out when the epoch that this process knew is over.
    const [clock] = await viewRecords(this.ledger, sale, ['']);
    const { epoch } = await this.epochs.current(sale);
    if (!this.connection.runId()) throw redisUnavailable();
    const until = (clock?.now ?? 0) - graceMs;
    const tails = await this.connection.redis.zrangebyscore(this.key(sale, epoch), '-inf', until, 'LIMIT', 0, limit);
    if (tails.length === 0) return { epoch, pins: [] };
    const records = await viewRecords(this.ledger, sale, tails);
    return { epoch, pins: tails.map((tail, i) => ({ tail, hold: records[i]?.hold ?? '' })) };
  }

  /** Postgres agrees with these pins, or they are over: nothing is left to do for them. */
  async forget(sale: SaleRef, epoch: number, tails: readonly string[]): Promise<void> {
    await this.connection.redis.zrem(this.key(sale, epoch), ...tails);
  }

  private key(sale: SaleRef, epoch: number): string {
    return saleKey(this.config.keyPrefix, sale.key, epoch, 'pins');
  }
}
