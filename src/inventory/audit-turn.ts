import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { InventoryConnection } from './inventory-connection.js';
import type { SaleRef } from './sale-keys.js';

/** Whose turn it is to audit a sale: one worker's, once in an interval, however many there are. */
@Injectable()
export class AuditTurn {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly config: Config,
  ) {}

  /** False when a worker has taken the turn less than `ms` ago, and while Redis is away. Lost with Redis, it only comes earlier. */
  async take({ key }: SaleRef, ms: number): Promise<boolean> {
    if (!this.connection.runId()) return false;
    const name = `${this.config.keyPrefix}:audit-turn:${key}`;
    const taken = await this.connection.redis.set(name, '1', 'PX', ms, 'NX').catch(() => null);
    return taken === 'OK';
  }
}
